package io.github.descent4j.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.github.descent4j.AdaDelta;
import io.github.descent4j.AdaGrad;
import io.github.descent4j.AdaMax;
import io.github.descent4j.Adam;
import io.github.descent4j.AdamW;
import io.github.descent4j.AmsGrad;
import io.github.descent4j.Momentum;
import io.github.descent4j.NAdam;
import io.github.descent4j.Nesterov;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.RAdam;
import io.github.descent4j.RmsProp;
import io.github.descent4j.Sgd;
import io.github.descent4j.Yogi;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What the first step of a process costs in CPU time of all its threads, and what the first step of each further rule
 * does: not a benchmark of JMH's, which has a process only once. Prints two figures in milliseconds, of the first rule
 * and the mean of the others.
 */
public final class FirstStep {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private FirstStep() {}

  /** Takes no arguments. */
  public static void main(String[] arguments) {
    INDArray value = Nd4j.ones(1000);
    INDArray gradient = Nd4j.ones(1000);
    value.subi(gradient.mul(0.5));
    double first = cpuOf(Adam::new, value, gradient);
    List<Supplier<Optimizer>> others = List.of(
        Sgd::new,
        Momentum::new,
        Nesterov::new,
        AdaGrad::new,
        RmsProp::new,
        AdaDelta::new,
        AdamW::new,
        AmsGrad::new,
        Yogi::new,
        RAdam::new,
        NAdam::new,
        AdaMax::new);
    double sum = 0;
    for (Supplier<Optimizer> other : others) {
      sum += cpuOf(other, value, gradient);
    }
    System.out.printf(Locale.ROOT, "%.1f %.2f%n", first, sum / others.size());
  }

  private static double cpuOf(Supplier<Optimizer> optimizer, INDArray value, INDArray gradient) {
    long before = SYSTEM.getProcessCpuTime();
    optimizer.get().step(Parameters.of(Parameter.of("p", value, gradient)));
    if (!(value.getDouble(0) < 0.5)) {
      throw new IllegalStateException("the step did not move the parameter");
    }
    return (SYSTEM.getProcessCpuTime() - before) / 1e6;
  }
}
