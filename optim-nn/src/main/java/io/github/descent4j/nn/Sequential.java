package io.github.descent4j.nn;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Layers one after another, each taking the output of the one before.
 *
 * <p>{@link #builder} infers shapes, makes the weights and names the parameters after the layers: {@code fc1.weight}, {@code
 * fc1.bias}. {@link #of} takes layers that the caller made.
 *
 * <pre>{@code
 * Sequential network = Sequential.builder(DataType.FLOAT, 42)
 *     .input(1, 28, 28)
 *     .conv2d("conv1", 16, 5).relu().maxPool2d(2)
 *     .flatten()
 *     .dense("fc1", 10)
 *     .build();
 * INDArray logits = network.forward(images, Mode.EVALUATION); // [batch, 1, 28, 28] to [batch, 10]
 * }</pre>
 *
 * <p>A network is used by one thread at a time. If all layers are {@link Splittable} or {@link BatchNorm}, a batch is cut into shards, which go through the
 * {@link #layers} and copies of them that share the parameters' values; how many follows from the size of the batch and the network, never from the
 * machine. With convolutions that is a power of two, at most 32, of at least 8 examples each, and the layers from the first {@link Dense} behind
 * them on run the whole batch; without, for batches of
 * 512 examples or more, of at least 128, and for smaller ones large matrix products, and activations, are divided instead. Where matrix
 * products have one thread, {@code Nd4j.factory().blas().setMaxThreads(1)}, the shards run at the same time, on as many threads as {@link
 * io.github.descent4j.Threads} says; {@link io.github.descent4j.nn.train.Trainer} sets that while it trains.
 */
public final class Sequential implements Layer {
  /** More would be of use to machines of more cores than small networks can feed. */
  private static final int MOST_SHARDS = 32;

  /** The fewest examples of a shard in a network that uses a weight at every pixel. */
  private static final int SHARD = 8;

  /**
   * The same in a network of dense layers, which uses a weight once for an example: for fewer, the second core takes longer to
   * fetch the weights, and the first one to fetch back the gradients, than both together save.
   */
  private static final int DENSE_SHARD = 128;

  /** From this many examples on a batch is cut there. */
  private static final int DIVIDED_DENSE_BATCH = 512;

  /** Copies of gradients for more than two shards take at most this memory. */
  private static final long MOST_GRADIENT_BYTES = 256L << 20;

  private static final Logger log = LoggerFactory.getLogger(Sequential.class);

  private final DataType dataType;
  private final Parameters parameters;
  private final Map<String, INDArray> buffers;
  private final Chain chain;

  /** The same as shards, or null where a layer is not made for it. */
  private final Shards shards;

  private final boolean convolutional;
  private final int mostShards;

  /** Of the last batch. */
  private int cut = 1;

  private Sequential(DataType dataType, List<Layer> layers) {
    this.dataType = dataType;
    List<Parameter> all = new ArrayList<>();
    layers.forEach(layer -> layer.parameters().forEach(all::add));
    parameters = Parameters.of(all);
    buffers = join(layers);
    chain = new Chain(List.copyOf(layers));
    Optional<Layer> whole = chain.whole();
    whole.ifPresent(layer ->
        log.info("Layer {} is not Splittable: this network runs a batch in one piece", layer));
    shards = whole.isPresent() ? null : new Shards(chain, Loops.of(dataType));
    convolutional = layers.stream().anyMatch(layer -> layer instanceof Conv2d);
    long bytes = 1;
    for (Parameter parameter : shards == null ? all : shards.copied()) {
      bytes += parameter.gradient().length() * dataType.width();
    }
    mostShards = (int) Math.max(2, Math.min(MOST_SHARDS, MOST_GRADIENT_BYTES / bytes));
  }

  /** Into how many shards a batch is cut: a power of two, so that they are even, and their threads too. */
  private int shards(INDArray input) {
    if (shards == null || input.rank() < 2) {
      return 1;
    }
    long batch = input.size(0);
    long most = batch / (convolutional ? SHARD : DENSE_SHARD);
    boolean tooSmall = !convolutional && batch < DIVIDED_DENSE_BATCH;
    return tooSmall || most < 2 ? 1 : (int) Long.highestOneBit(Math.min(most, mostShards));
  }

  private static Map<String, INDArray> join(List<Layer> layers) {
    Map<String, INDArray> all = new LinkedHashMap<>();
    for (Layer layer : layers) {
      layer.buffers().forEach((name, buffer) -> {
        if (all.put(name, buffer) != null) {
          throw new IllegalArgumentException(
              "buffer '" + name + "' is there twice, expected distinct names");
        }
      });
    }
    return Collections.unmodifiableMap(all);
  }

  /**
   * Starts a network.
   *
   * @param dataType type of inputs, parameters and outputs, FLOAT or DOUBLE
   * @param seed the initial weights and the masks of dropout follow from it; the same seed gives the same bits
   * @throws IllegalArgumentException if the type is another
   */
  public static Builder builder(DataType dataType, long seed) {
    // Before the first weights, which load OpenBLAS.
    OpenBlasCore.choose();
    return new Builder(Checks.networkType(dataType), seed);
  }

  /**
   * A network of layers that exist.
   *
   * @param dataType type of inputs, parameters and outputs, FLOAT or DOUBLE
   * @param layers at least one layer, with parameters of that type and of distinct names
   * @throws IllegalArgumentException if the type is another, there is no layer, a parameter has another type, or two
   *     parameters or buffers have the same name
   */
  public static Sequential of(DataType dataType, Layer... layers) {
    OpenBlasCore.choose();
    Checks.networkType(dataType);
    if (layers.length == 0) {
      throw new IllegalArgumentException("number of layers is 0, expected at least 1");
    }
    for (Layer layer : layers) {
      for (Parameter parameter : Objects.requireNonNull(layer, "layer").parameters()) {
        Checks.type(parameter.name(), "value", parameter.value(), dataType);
      }
    }
    return new Sequential(dataType, List.of(layers));
  }

  /** Type of inputs, parameters and outputs. */
  public DataType dataType() {
    return dataType;
  }

  /** The layers in order. */
  public List<Layer> layers() {
    return chain.layers;
  }

  @Override
  public INDArray forward(INDArray input, Mode mode) {
    Objects.requireNonNull(input, "input");
    Checks.type("network", "input", input, dataType);
    cut = shards(input);
    chain.divide(cut == 1);
    return cut > 1 ? shards.forward(input, cut, mode) : chain.forward(input, mode);
  }

  @Override
  public INDArray backward(INDArray outputGradient) {
    return cut > 1 ? shards.backward(outputGradient) : chain.backward(outputGradient);
  }

  @Override
  public void backwardParameters(INDArray outputGradient) {
    if (cut > 1) {
      shards.backwardParameters(outputGradient);
    } else {
      chain.backwardParameters(outputGradient);
    }
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public void reseed(long seed) {
    SplittableRandom seeds = new SplittableRandom(seed);
    if (shards == null) {
      chain.reseed(seeds);
    } else {
      shards.reseed(seeds);
    }
  }

  /** The buffers of all layers, in the order of the layers. */
  @Override
  public Map<String, INDArray> buffers() {
    return buffers;
  }

  /**
   * Saves parameters and buffers in place of the file that may be there, in the form of {@link Parameters#save}, each under its
   * name.
   *
   * @param file of the default file system; a symbolic link is followed
   * @throws java.io.UncheckedIOException if it cannot be written; the old file is as it was
   */
  public void save(Path file) {
    kept().save(file);
  }

  /**
   * Loads what {@link #save} has saved, after all of it has been read and checked.
   *
   * @param file of the default file system
   * @throws io.github.descent4j.state.StateFileException if the file is damaged or that of another network; nothing has changed
   * @throws java.io.UncheckedIOException if it cannot be read; nothing has changed
   */
  public void load(Path file) {
    kept().load(file);
  }

  private Parameters kept() {
    List<Parameter> all = new ArrayList<>();
    parameters.forEach(all::add);
    buffers.forEach((name, buffer) -> all.add(
        Parameter.of(name, buffer, Nd4j.createUninitialized(buffer.dataType(), buffer.shape()))));
    return Parameters.of(all);
  }

  /** One layer a line. */
  @Override
  public String toString() {
    return layers().stream().map(Object::toString).collect(Collectors.joining("\n"));
  }

  /**
   * Builds a {@link Sequential}: {@link #input} first, then a method for each layer, in order. Each layer gets its shape from
   * the one before.
   *
   * <pre>{@code
   * Sequential mlp = Sequential.builder(DataType.FLOAT, 42)
   *     .input(784)
   *     .dense("fc1", 256).relu()
   *     .dense("fc2", 10)
   *     .build();
   * }</pre>
   */
  public static final class Builder {
    private final DataType dataType;
    private final SplittableRandom random;
    private final List<Layer> layers = new ArrayList<>();
    private Initializer initializer = Initializers.heUniform();
    private long[] shape;

    private Builder(DataType dataType, long seed) {
      this.dataType = dataType;
      random = new SplittableRandom(seed);
    }

    /**
     * Sets the shape of one example, without the batch dimension; once, before the first layer.
     *
     * @param exampleShape such as {@code 784} or {@code 1, 28, 28} (channels, height, width)
     * @throws IllegalArgumentException if a length is below 1
     * @throws IllegalStateException if the shape is set already
     */
    public Builder input(long... exampleShape) {
      if (shape != null) {
        throw new IllegalStateException("input was set already, expected it once");
      }
      if (exampleShape.length == 0 || Arrays.stream(exampleShape).anyMatch(length -> length < 1)) {
        throw new IllegalArgumentException("exampleShape is " + Arrays.toString(exampleShape)
            + ", expected lengths of at least 1");
      }
      shape = exampleShape.clone();
      return this;
    }

    /** Sets the initializer of the weights of the layers that follow. Default: {@link Initializers#heUniform}. */
    public Builder initializer(Initializer initializer) {
      this.initializer = Objects.requireNonNull(initializer, "initializer");
      return this;
    }

    /**
     * Adds a {@link Dense} layer; its bias starts at 0.
     *
     * @param name prefix of the parameters' names
     * @param outputs number of outputs, at least 1
     */
    public Builder dense(String name, int outputs) {
      requireShape(name, 1, "[features]; flatten() makes it");
      Checks.atLeast(1, "outputs", outputs);
      layers.add(new Dense(name, weight(outputs, shape[0]), Nd4j.create(dataType, outputs)));
      shape = new long[] {outputs};
      return this;
    }

    /** Adds a {@link Conv2d} layer with stride 1 and no padding; see the other method. */
    public Builder conv2d(String name, int outputChannels, int kernel) {
      return conv2d(name, outputChannels, kernel, 1, 0);
    }

    /**
     * Adds a {@link Conv2d} layer; its bias starts at 0.
     *
     * @param name prefix of the parameters' names
     * @param outputChannels number of output channels, at least 1
     * @param kernel height and width of the kernel, at least 1
     * @param stride distance between receptive fields, at least 1
     * @param padding rows and columns of zeros on each side, at least 0
     */
    public Builder conv2d(String name, int outputChannels, int kernel, int stride, int padding) {
      requireShape(name, 3, "[channels, height, width]");
      Checks.atLeast(1, "outputChannels", outputChannels);
      Checks.atLeast(1, "kernel", kernel);
      INDArray weight = weight(outputChannels, shape[0], kernel, kernel);
      INDArray bias = Nd4j.create(dataType, outputChannels);
      Conv2d layer = new Conv2d(name, weight, bias, stride, padding);
      shape = layer.outputShape(shape);
      layers.add(layer);
      return this;
    }

    /** Adds a {@link MaxPool2d} layer with the size as stride; see the other method. */
    public Builder maxPool2d(int size) {
      return maxPool2d(size, size);
    }

    /**
     * Adds a {@link MaxPool2d} layer.
     *
     * @param size height and width of a window, at least 1
     * @param stride distance between windows, at least 1
     */
    public Builder maxPool2d(int size, int stride) {
      MaxPool2d layer = new MaxPool2d(size, stride);
      requireShape(layer.toString(), 3, "[channels, height, width]");
      shape = layer.outputShape(shape);
      layers.add(layer);
      return this;
    }

    /**
     * Adds a {@link BatchNorm} layer with a momentum of 0.1 and an epsilon of 1e-5.
     *
     * @param name prefix of the parameters' and the buffers' names
     */
    public Builder batchNorm(String name) {
      requireShape(name, -1, "input() before it");
      return add(new BatchNorm(name, dataType, Math.toIntExact(shape[0])));
    }

    /** Adds a {@link Flatten} layer. */
    public Builder flatten() {
      Flatten layer = new Flatten();
      requireShape(layer.toString(), -1, "input() before it");
      shape = new long[] {Arrays.stream(shape).reduce(1, Math::multiplyExact)};
      layers.add(layer);
      return this;
    }

    /** Adds a {@link Relu} layer. */
    public Builder relu() {
      return add(new Relu());
    }

    /** Adds a {@link Sigmoid} layer. */
    public Builder sigmoid() {
      return add(new Sigmoid());
    }

    /** Adds a {@link Tanh} layer. */
    public Builder tanh() {
      return add(new Tanh());
    }

    /**
     * Adds a {@link Dropout} layer.
     *
     * @param rate probability of an element to be dropped, in [0, 1)
     */
    public Builder dropout(double rate) {
      return add(new Dropout(rate, random.split()));
    }

    /**
     * Adds a {@link DropConnect} layer, scaled and with one mask for a batch; its bias starts at 0.
     *
     * @param name prefix of the parameters' names
     * @param outputs number of outputs, at least 1
     * @param rate probability of a weight to be dropped, in [0, 1)
     */
    public Builder dropConnect(String name, int outputs, double rate) {
      return dropConnect(name, outputs, rate, DropConnect.Form.SCALED, NoiseScope.BATCH);
    }

    /**
     * Adds a {@link DropConnect} layer; its bias starts at 0.
     *
     * @param name prefix of the parameters' names
     * @param outputs number of outputs, at least 1
     * @param rate probability of a weight to be dropped, in [0, 1)
     * @param form scaled, or the paper's
     * @param scope whether each example has a mask of its own
     */
    public Builder dropConnect(
        String name, int outputs, double rate, DropConnect.Form form, NoiseScope scope) {
      requireShape(name, 1, "[features]; flatten() makes it");
      Checks.atLeast(1, "outputs", outputs);
      INDArray weight = weight(outputs, shape[0]);
      INDArray bias = Nd4j.create(dataType, outputs);
      layers.add(new DropConnect(name, weight, bias, rate, form, scope, random.split()));
      shape = new long[] {outputs};
      return this;
    }

    /**
     * Adds {@link HardConcreteGates} for the features of the layer before, drawn for each example. Gates start at logAlpha = 2: 97 in
     * 100 are not closed while training, and evaluation multiplies by 0.957.
     *
     * @param name prefix of the parameter's name
     */
    public Builder gates(String name) {
      return gates(name, 2, NoiseScope.EXAMPLE);
    }

    /**
     * Adds {@link HardConcreteGates} for the features of the layer before.
     *
     * @param name prefix of the parameter's name
     * @param logAlpha where each gate starts, finite
     * @param scope whether each example has gates of its own
     */
    public Builder gates(String name, double logAlpha, NoiseScope scope) {
      requireShape(name, 1, "[features]; flatten() makes it");
      if (!Double.isFinite(logAlpha)) {
        throw new IllegalArgumentException(
            "logAlpha is " + logAlpha + ", expected a finite number");
      }
      INDArray start = Nd4j.create(dataType, shape[0]).assign(logAlpha);
      return add(new HardConcreteGates(name, start, scope, random.split()));
    }

    /** Adds a layer whose output has the shape of its input. */
    public Builder add(Layer layer) {
      layers.add(Objects.requireNonNull(layer, "layer"));
      return this;
    }

    /**
     * Adds a layer.
     *
     * @param layer any layer
     * @param outputShape shape of one example's output, without the batch dimension
     */
    public Builder add(Layer layer, long... outputShape) {
      add(layer);
      shape = outputShape.clone();
      return this;
    }

    /**
     * The network.
     *
     * @throws IllegalArgumentException if there is no layer, or two have the same name
     */
    public Sequential build() {
      return Sequential.of(dataType, layers.toArray(Layer[]::new));
    }

    private INDArray weight(long... weightShape) {
      INDArray weight = Nd4j.create(dataType, weightShape);
      initializer.initialize(weight, random.split());
      return weight;
    }

    private void requireShape(String layer, int rank, String expected) {
      if (shape == null || (rank >= 0 && shape.length != rank)) {
        throw new IllegalArgumentException(layer
            + ": shape of one example is "
            + (shape == null ? "not known" : Arrays.toString(shape))
            + ", expected "
            + expected);
      }
    }
  }
}
