package io.github.descent4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * One step of PyTorch's fused kernels, those of {@code torch.optim} with {@code fused=True}: {@code
 * aten::_fused_sgd_}, {@code _fused_adagrad_}, {@code _fused_adam_} and {@code _fused_adamw_}, each called once for all
 * parameters through PyTorch's dispatcher, with arguments boxed beforehand.
 *
 * <p>PyTorch keeps one step counter for each parameter; here all share one, which saves it time. The
 * system property {@code threads} sets PyTorch's threads; its own default is one for each core.
 */
public class PyTorchFusedStep extends StepBenchmark {
  @Param({"Sgd", "Momentum", "Nesterov", "AdaGrad", "Adam", "AdamW", "AmsGrad"})
  public String optimizer;

  private final List<Tensor> values = new ArrayList<>();
  private final List<Tensor> gradients = new ArrayList<>();
  private final Tensor counter = Tensor.create(0f);
  private final Scalar one = new Scalar(1f);
  private OperatorHandle operator;
  private IValueVector arguments;
  private IValueVector stack;

  @Setup
  public void setUp() {
    Integer threads = Integer.getInteger("threads");
    if (threads != null) {
      torch.set_num_threads(threads);
    }
    for (int i = 0; i < count(size); i++) {
      values.add(torch.zeros(length(size)));
      gradients.add(torch.zeros(length(size)));
      float[] start = new float[length(size)];
      for (int j = 0; j < start.length; j++) {
        start[j] = Inputs.parameter(i * start.length + j);
      }
      memory(values.get(i)).put(start, 0, start.length);
    }
    Formula formula = Formula.of(optimizer);
    prepare(formula);
    validate(formula);
    warmUpOnce(this::step);
  }

  /** Boxes the arguments in the order of the operator's schema. */
  private void prepare(Formula formula) {
    List<IValue> boxed = new ArrayList<>();
    boxed.add(list(values));
    boxed.add(list(gradients));
    String name;
    switch (formula) {
      case SGD, MOMENTUM, NESTEROV -> {
        name = "aten::_fused_sgd_";
        boxed.add(list(formula == Formula.SGD ? List.of() : slots()));
        double momentum = formula == Formula.SGD ? 0 : 0.9;
        // weight_decay, momentum, lr, dampening, nesterov, maximize, is_first_step
        numbers(boxed, 0, momentum, 0.01, 0);
        flags(boxed, formula == Formula.NESTEROV, false, false);
      }
      case ADAGRAD -> {
        name = "aten::_fused_adagrad_";
        boxed.add(list(slots()));
        boxed.add(counters());
        // lr, lr_decay, weight_decay, eps, maximize
        numbers(boxed, 0.01, 0, 0, 1e-7);
        flags(boxed, false);
      }
      case ADAM, ADAMW, AMSGRAD -> {
        boolean decays = formula == Formula.ADAMW;
        name = decays ? "aten::_fused_adamw_" : "aten::_fused_adam_";
        boxed.add(list(slots()));
        boxed.add(list(slots()));
        boxed.add(list(formula == Formula.AMSGRAD ? slots() : List.of()));
        boxed.add(counters());
        // lr, beta1, beta2, weight_decay, eps, amsgrad, maximize
        double beta2 = formula == Formula.AMSGRAD ? 0.9 : 0.999;
        numbers(boxed, 1e-3, 0.9, beta2, decays ? 0.01 : 0, 1e-8);
        flags(boxed, formula == Formula.AMSGRAD, false);
      }
      default -> throw new IllegalArgumentException("PyTorch has no fused " + formula.label());
    }
    // grad_scale, found_inf
    boxed.add(new IValue());
    boxed.add(new IValue());
    operator = Dispatcher.singleton().findSchemaOrThrow(name, "");
    arguments = new IValueVector(boxed.toArray(IValue[]::new));
    stack = new IValueVector();
  }

  private List<Tensor> slots() {
    return values.stream().map(value -> torch.zeros(length(size))).toList();
  }

  private IValue counters() {
    return list(values.stream().map(value -> counter).toList());
  }

  private static IValue list(List<Tensor> tensors) {
    GenericList list = new GenericList(new Type.TypePtr(TensorType.get()));
    tensors.forEach(tensor -> list.push_back(new IValue(tensor)));
    return new IValue(list);
  }

  private static void numbers(List<IValue> boxed, double... values) {
    for (double value : values) {
      boxed.add(new IValue(value));
    }
  }

  private static void flags(List<IValue> boxed, boolean... values) {
    for (boolean value : values) {
      boxed.add(new IValue(value));
    }
  }

  private static FloatPointer memory(Tensor tensor) {
    return tensor.data_ptr_float();
  }

  private void validate(Formula formula) {
    float[] buffer = new float[length(size)];
    for (int t = 1; t <= formula.steps(); t++) {
      fillGradients(Inputs.scale(t), buffer);
      step();
    }
    for (int i = 0; i < values.size(); i++) {
      memory(values.get(i)).get(buffer, 0, buffer.length);
      formula.check("PyTorch's fused kernel", i * buffer.length, buffer);
    }
    fillGradients(1, buffer);
  }

  private void fillGradients(float scale, float[] buffer) {
    for (int i = 0; i < gradients.size(); i++) {
      for (int j = 0; j < buffer.length; j++) {
        buffer[j] = Inputs.gradient(i * buffer.length + j) * scale;
      }
      memory(gradients.get(i)).put(buffer, 0, buffer.length);
    }
  }

  @Benchmark
  public void step() {
    counter.add_(one);
    stack.put(arguments);
    operator.callBoxed(stack);
  }
}
