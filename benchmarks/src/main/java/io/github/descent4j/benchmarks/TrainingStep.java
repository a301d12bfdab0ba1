package io.github.descent4j.benchmarks;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.nn.Mode;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One training step on a batch of 128 images of 28 x 28: forward pass, loss, backward pass, Adam.
 *
 * <p>The learning rate is small, so that the loss stays where it is: on a batch learnt by heart,
 * gradients would become subnormal numbers, which are slow.
 */
@State(Scope.Benchmark)
@BenchmarkMode(org.openjdk.jmh.annotations.Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TrainingStep {
  private static final int BATCH = 128;
  private static final int CLASSES = 10;

  @Param({"mlp", "cnn"})
  public String network;

  private final SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
  private final Optimizer optimizer = new Adam(1e-6);
  private final int[] labels = new int[BATCH];
  private Sequential model;
  private INDArray images;

  @Setup
  public void setUp() {
    Sequential.Builder builder = Sequential.builder(DataType.FLOAT, 42);
    // As Trainer does, for as long as it runs.
    Nd4j.factory().blas().setMaxThreads(1);
    switch (network) {
      case "mlp" ->
        builder.input(784).dense("fc1", 256).relu().dense("fc2", 128).relu();
      case "cnn" ->
        builder
            .input(1, 28, 28)
            .conv2d("conv1", 16, 5)
            .relu()
            .maxPool2d(2)
            .conv2d("conv2", 32, 5)
            .relu()
            .maxPool2d(2)
            .flatten()
            .dense("fc1", 128)
            .relu();
      default ->
        throw new IllegalArgumentException("network is " + network + ", expected mlp or cnn");
    }
    model = builder.dense("out", CLASSES).build();
    float[] pixels = new float[BATCH * 784];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = Inputs.parameter(i);
    }
    images = network.equals("mlp")
        ? Nd4j.createFromArray(pixels).reshape(BATCH, 784)
        : Nd4j.createFromArray(pixels).reshape(BATCH, 1, 28, 28);
    for (int i = 0; i < BATCH; i++) {
      labels[i] = i % CLASSES;
    }
    validate();
    StepBenchmark.warmUpOnce(this::step);
  }

  /**
   * Requires that the gradient is the loss's, seen in a small move along it to both sides, and that
   * steps lower the loss.
   */
  private void validate() {
    gradients();
    double square = 0;
    for (Parameter parameter : model.parameters()) {
      square += Math.pow(parameter.gradient().norm2Number().doubleValue(), 2);
    }
    double move = 1e-2 / Math.sqrt(square);
    moveAlongGradient(move);
    double above = forward();
    moveAlongGradient(-2 * move);
    double below = forward();
    moveAlongGradient(move);
    double slope = (above - below) / (2 * move);
    if (!(Math.abs(slope - square) <= 0.02 * square)) {
      throw new IllegalStateException("along its gradient, the loss of the " + network
          + " rises by " + slope + ", expected " + square);
    }
    double before = forward();
    for (int i = 0; i < 10; i++) {
      step();
    }
    double after = forward();
    if (!(after < before)) {
      throw new IllegalStateException("after ten steps, the loss of the " + network + " is " + after
          + ", expected less than " + before);
    }
  }

  private void moveAlongGradient(double move) {
    for (Parameter parameter : model.parameters()) {
      parameter.value().addi(parameter.gradient().mul(move));
    }
  }

  private double forward() {
    return loss.forward(model.forward(images, Mode.TRAINING), labels);
  }

  private void gradients() {
    forward();
    model.backwardParameters(loss.backward());
  }

  @Benchmark
  public void step() {
    gradients();
    optimizer.step(model.parameters());
  }
}
