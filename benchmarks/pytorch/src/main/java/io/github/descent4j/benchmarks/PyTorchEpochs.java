package io.github.descent4j.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.BatchNorm2dImpl;
import org.bytedeco.pytorch.BatchNormOptions;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Conv2dOptions;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The networks of {@code mnist-example train} in PyTorch's C++ interface. The system property {@code threads} sets PyTorch's
 * threads; its own default is one for each core.
 */
final class PyTorchEpochs extends Epochs {
  private final boolean convolutional;
  private final List<Conv2dImpl> convolutions = new ArrayList<>();

  /** After each convolution, in the convnet. */
  private final List<BatchNorm2dImpl> norms = new ArrayList<>();

  private final List<LinearImpl> dense = new ArrayList<>();
  private final Adam optimizer;
  private final Tensor images;
  private final Tensor labels;
  private final Tensor testImages;

  private PyTorchEpochs(String model) throws IOException {
    convolutional = !model.equals("mlp");
    long[] widths = switch (model) {
      case "mlp" -> new long[] {Digits.PIXELS, 256, 128, Digits.CLASSES};
      case "cnn" -> new long[] {32 * 4 * 4, 128, Digits.CLASSES};
      case "convnet" -> new long[] {32 * 7 * 7, 128, Digits.CLASSES};
      default ->
        throw new IllegalArgumentException("model is " + model + ", expected mlp, cnn or convnet");
    };
    Module module = new Module();
    if (model.equals("cnn")) {
      convolve(module, 1, 16, 5, 0);
      convolve(module, 16, 32, 5, 0);
    } else if (model.equals("convnet")) {
      long[] channels = {1, 16, 16, 32, 32};
      for (int i = 1; i < channels.length; i++) {
        convolve(module, channels[i - 1], channels[i], 3, 1);
        BatchNorm2dImpl norm = new BatchNorm2dImpl(new BatchNormOptions(channels[i]));
        module.register_module("norm" + i, norm);
        norms.add(norm);
      }
    }
    for (int i = 1; i < widths.length; i++) {
      LinearImpl layer = new LinearImpl(widths[i - 1], widths[i]);
      module.register_module("fc" + i, layer);
      dense.add(layer);
    }
    TensorVector parameters = module.parameters();
    optimizer = new Adam(parameters, new AdamOptions(1e-3));
    images = images(training);
    testImages = images(test);
    long[] classes = new long[training.size()];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = training.label(i);
    }
    labels = Tensor.create(classes, classes.length);
  }

  private void convolve(Module module, long inputs, long outputs, long kernel, long padding) {
    Conv2dOptions options = new Conv2dOptions(inputs, outputs, new LongPointer(kernel, kernel));
    options.padding().put(new LongPointer(padding, padding));
    Conv2dImpl layer = new Conv2dImpl(options);
    convolutions.add(layer);
    module.register_module("conv" + convolutions.size(), layer);
  }

  private Tensor images(Digits digits) {
    return convolutional
        ? Tensor.create(digits.pixels(), digits.size(), 1, 28, 28)
        : Tensor.create(digits.pixels(), digits.size(), Digits.PIXELS);
  }

  private Tensor forward(Tensor x) {
    Tensor y = x;
    if (convolutional) {
      for (int i = 0; i < convolutions.size(); i++) {
        y = convolutions.get(i).forward(y);
        if (!norms.isEmpty()) {
          y = norms.get(i).forward(y);
        }
        y = torch.relu(y);
        // The convnet has a pool after every second convolution.
        if (norms.isEmpty() || i % 2 == 1) {
          y = torch.max_pool2d(y, 2, 2);
        }
      }
      y = torch.flatten(y, 1, -1);
    }
    for (int i = 0; i < dense.size(); i++) {
      y = dense.get(i).forward(y);
      if (i < dense.size() - 1) {
        y = torch.relu(y);
      }
    }
    return y;
  }

  @Override
  @SuppressWarnings("try") // The scope is there to be closed.
  void step(int[] examples) {
    norms.forEach(norm -> norm.train(true));
    try (PointerScope scope = new PointerScope()) {
      long[] chosen = new long[examples.length];
      for (int i = 0; i < chosen.length; i++) {
        chosen[i] = examples[i];
      }
      Tensor index = Tensor.create(chosen, chosen.length);
      Tensor logits = forward(torch.index_select(images, 0, index));
      Tensor loss = torch.cross_entropy_loss(logits, torch.index_select(labels, 0, index));
      optimizer.zero_grad();
      loss.backward();
      optimizer.step();
      // As a trainer that reports it.
      loss.item_float();
    }
  }

  @Override
  @SuppressWarnings("try") // So are scope and guard.
  int[] classify(int from, int to) {
    norms.forEach(norm -> norm.train(false));
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor logits = forward(testImages.narrow(0, from, to - from));
      LongPointer found = torch.argmax(logits, new LongOptional(1), false).data_ptr_long();
      int[] classes = new int[to - from];
      for (int i = 0; i < classes.length; i++) {
        classes[i] = (int) found.get(i);
      }
      return classes;
    }
  }

  /** See {@link Epochs}. */
  public static void main(String[] arguments) throws IOException {
    Integer threads = Integer.getInteger("threads");
    if (threads != null) {
      torch.set_num_threads(threads);
    }
    torch.manual_seed(42);
    new PyTorchEpochs(arguments[0]).run(arguments);
  }
}
