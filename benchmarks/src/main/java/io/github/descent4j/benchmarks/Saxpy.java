package io.github.descent4j.benchmarks;

import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * {@code p -= 0.01 g} by OpenBLAS, in place, on all of its threads: reads two arrays, writes one. At
 * 10^7 elements this is the machine's bandwidth, of which every step reaches a part.
 */
public class Saxpy extends StepBenchmark {
  private Model model;
  private List<FloatPointer> p;
  private List<FloatPointer> g;

  @Setup
  public void setUp() {
    model = new Model(size);
    p = pointers(model.values());
    g = pointers(model.gradients());
    model.validate("saxpy", Formula.SGD, this::saxpy);
    warmUpOnce(this::saxpy);
  }

  private static List<FloatPointer> pointers(List<INDArray> arrays) {
    Stream<FloatPointer> pointers =
        arrays.stream().map(array -> new FloatPointer(array.data().pointer()));
    return pointers.toList();
  }

  @Benchmark
  public void saxpy() {
    int n = length(size);
    for (int i = 0; i < p.size(); i++) {
      openblas_nolapack.cblas_saxpy(n, -0.01f, g.get(i), 1, p.get(i), 1);
    }
  }

  @TearDown
  public void tearDown() {
    model.close();
  }
}
