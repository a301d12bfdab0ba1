package io.github.descent4j.benchmarks;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.RowGradient;
import io.github.descent4j.RowUpdate;
import io.github.descent4j.internal.Rules;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One step of a table of which one row in a hundred has a gradient, given as rows or with zeros. The rows are others at
 * every step, and come again after a hundred; that they are put in order and copied is part of the step.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RowStep {
  private static final int PARTS = 100;

  @Param({"Sgd", "Momentum", "AdaGrad", "RmsProp", "Adam", "Ftrl"})
  public String optimizer;

  /** How the gradient is given, and what is done to the other rows. */
  @Param({"dense", "lazy", "exact"})
  public String gradient;

  /** Rows and columns. */
  @Param({"100000x100", "1000000x10"})
  public String shape;

  private final long[][] rows = new long[PARTS][];
  private Optimizer stepped;
  private INDArray value;
  private INDArray block;
  private Parameters dense;
  private int next;

  @Setup
  public void setUp() {
    String[] sides = shape.split("x", -1);
    int count = Integer.parseInt(sides[0]);
    int columns = Integer.parseInt(sides[1]);
    shuffle(count);
    block = Nd4j.create(DataType.FLOAT, count / PARTS, columns);
    for (int i = 0; i < block.length(); i++) {
      block.putScalar(i, Inputs.gradient(i));
    }
    value = Nd4j.create(DataType.FLOAT, count, columns);
    validate();
    if (gradient.equals("dense")) {
      dense = dense(value, rows[0]);
    }
    stepped = create(gradient);
  }

  /** Deals all rows out to the parts. */
  private void shuffle(int count) {
    long[] all = new long[count];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      all[i] = all[j];
      all[j] = i;
    }
    int size = count / PARTS;
    for (int part = 0; part < PARTS; part++) {
      rows[part] = new long[size];
      System.arraycopy(all, part * size, rows[part], 0, size);
    }
  }

  private Optimizer create(String update) {
    RowUpdate rowUpdate = update.equals("exact") ? RowUpdate.EXACT : RowUpdate.LAZY;
    return Rules.find(optimizer).orElseThrow().make(builder -> builder.rowUpdate(rowUpdate));
  }

  private Parameters dense(INDArray of, long[] given) {
    INDArray zeros = Nd4j.zeros(DataType.FLOAT, of.shape());
    for (int i = 0; i < given.length; i++) {
      zeros.putRow(given[i], block.getRow(i));
    }
    return Parameters.of(Parameter.of("table", of, zeros));
  }

  private Parameters sparse(INDArray of, long[] given) {
    return Parameters.of(Parameter.ofRows("table", of, RowGradient.of(given, block)));
  }

  /** Requires exact rows to be where zeros lead to, and lazy ones where a first dense step does. */
  private void validate() {
    INDArray expected = value.dup();
    Optimizer ofZeros = create("dense");
    Optimizer lazy = create("lazy");
    Optimizer exact = create("exact");
    INDArray ofLazy = value.dup();
    INDArray ofExact = value.dup();
    for (int part = 0; part < 2; part++) {
      ofZeros.step(dense(expected, rows[part]));
      lazy.step(sparse(ofLazy, rows[part]));
      exact.step(sparse(ofExact, rows[part]));
      if (part == 0) {
        require("lazy", ofLazy, expected);
      }
    }
    exact.catchUp(sparse(ofExact, rows[0]));
    require("exact", ofExact, expected);
  }

  private void require(String update, INDArray actual, INDArray expected) {
    if (!actual.equalsWithEps(expected, 0)) {
      throw new IllegalStateException(
          update + " rows of " + optimizer + " are not those of the dense step");
    }
  }

  @Benchmark
  public void step() {
    if (dense != null) {
      stepped.step(dense);
    } else {
      stepped.step(sparse(value, rows[next]));
      next = (next + 1) % PARTS;
    }
  }

  @TearDown
  public void tearDown() {
    value.close();
    block.close();
  }
}
