package io.github.descent4j;

import io.github.descent4j.clip.AdaptiveClip;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.constraint.Projection;
import io.github.descent4j.constraint.ProximalMap;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.decorator.Sam;
import io.github.descent4j.decorator.ScheduleFree;
import io.github.descent4j.decorator.WeightAverage;
import io.github.descent4j.health.GradientMonitor;
import io.github.descent4j.internal.Rules;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;
import io.github.descent4j.schedule.Schedules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Steps for a long time, and makes and drops many optimizers: nothing may grow. {@code .ci/campaign soak} starts it.
 */
final class SoakCampaign {
  private static final int SAMPLES = 20;

  /** From here on nothing is to grow. */
  private static final int WARM = 2;

  /** A gradient that is not finite comes so often, and so often the state is saved and loaded. */
  private static final int NOT_FINITE_EVERY = 1_000;

  private static final int SAVED_EVERY = 100_000;

  private interface Work {
    /** Does one of many things. */
    void run(long index) throws IOException;
  }

  private SoakCampaign() {}

  /**
   * Runs the campaign.
   *
   * @param args the number of steps, and of optimizers
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("soak");
    boolean steps =
        flat("steps", Long.parseLong(args[0]), new Steps(Long.parseLong(args[0]), folder));
    boolean optimizers = flat("optimizers", Long.parseLong(args[1]), SoakCampaign::makeAndDrop);
    Files.deleteIfExists(folder.resolve("state.npz"));
    Files.delete(folder);
    System.exit(steps && optimizers ? 0 : 1);
  }

  /** Does something many times, and prints what is held now and then. */
  private static boolean flat(String what, long count, Work work)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    Memory warm = null;
    Memory now = null;
    for (int sample = 1; sample <= SAMPLES; sample++) {
      for (long i = count * (sample - 1) / SAMPLES; i < count * sample / SAMPLES; i++) {
        work.run(i);
      }
      now = Memory.now();
      if (sample == WARM) {
        warm = now;
      }
      System.out.printf(
          Locale.ROOT,
          "%d %s, %d s: %s%n",
          count * sample / SAMPLES,
          what,
          TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun),
          now);
    }
    boolean flat = now.isFlatSince(warm);
    System.out.println(what + (flat ? ": flat" : ": GROWN since " + warm));
    return flat;
  }

  /** Steps of one small model through every decorator; the loss is the sum of the squares. */
  private static final class Steps implements Work {
    private final List<Parameter> all = new ArrayList<>();
    private final Parameters parameters;
    private final Optimizer optimizer;
    private final Path file;
    private boolean notFinite;

    Steps(long count, Path folder) {
      file = folder.resolve("state.npz");
      SplittableRandom random = new SplittableRandom(1);
      add(random, "dense", DataType.FLOAT, 4, 6);
      add(random, "bias", DataType.DOUBLE, 6);
      add(random, "free", DataType.FLOAT, 3, 2);
      add(random, "waits", DataType.BFLOAT16, 5, 2);
      parameters = Parameters.of(all);
      Optimizer groups = Optimizer.groups()
          .group(
              "free",
              parameter -> parameter.name().equals("free"),
              ScheduleFree.adamW().learningRate(0.01).warmupSteps(2).build())
          .group(
              "waits",
              parameter -> parameter.name().equals("waits"),
              new Adam(1e-3).accumulated(2).averaged(WeightAverage.equal().every(3)))
          .otherwise(new RAdam(1e-3)
              .proximal(ProximalMap.l1(1e-6))
              .projected(Projection.l2Ball(10))
              .lookahead(3, 0.5)
              .averaged(WeightAverage.ema(0.99)))
          .build();
      optimizer = groups
          .scheduled(Schedules.cosine(1e-3, 1e-4, count))
          .clipped(GradientClip.byGlobalNorm(1))
          .clippedAdaptively(AdaptiveClip.of(0.5))
          .guarded(NonFinite.SKIP)
          .noisy(0.01, 0.55, 42)
          .centralized()
          .monitored(GradientMonitor.builder().every(100).build())
          .sharpnessAware(0.05)
          .adjustable();
    }

    private void add(SplittableRandom random, String name, DataType type, long... shape) {
      double[] numbers = TestArrays.uniform(random, TestArrays.length(shape));
      INDArray value = TestArrays.create(type, shape, numbers);
      all.add(Parameter.of(name, value, value.dup()));
    }

    @Override
    public void run(long index) throws IOException {
      notFinite = index % NOT_FINITE_EVERY == 0;
      gradients();
      Sam.step(optimizer, parameters, this::gradients);
      if (index % SAVED_EVERY == SAVED_EVERY - 1) {
        optimizer.state().save(file);
        optimizer.state().load(file, parameters);
      }
    }

    private void gradients() {
      for (Parameter parameter : all) {
        parameter.gradient().assign(parameter.value());
      }
      if (notFinite) {
        all.get(0).gradient().putScalar(0, Double.NaN);
      }
    }
  }

  /** Two steps of a new optimizer, of every rule and decorator in turn, and of rules that nobody else has. */
  private static void makeAndDrop(long index) {
    List<Rules.Rule<?>> rules = Rules.all();
    int turn = (int) (index % (rules.size() + 1));
    double rate = 1e-3 * (1 + index % 7);
    Optimizer made = turn < rules.size() ? rule(rules.get(turn), rate) : own(index, rate);
    Optimizer decorated = decorated(made, (int) (index / (rules.size() + 1) % 8));
    Parameters parameters = Parameters.of(
        Parameter.of("a", Nd4j.ones(DataType.FLOAT, 4, 3), Nd4j.ones(DataType.FLOAT, 4, 3)),
        Parameter.of("b", Nd4j.ones(DataType.DOUBLE, 2, 5), Nd4j.ones(DataType.DOUBLE, 2, 5)));
    decorated.step(parameters);
    decorated.step(parameters);
    if (decorated.state().parameters().size() != 2) {
      throw new AssertionError(decorated + " remembers " + decorated.state().parameters());
    }
  }

  private static <B extends UpdateRule.Builder<B>> Optimizer rule(Rules.Rule<B> rule, double rate) {
    return rule.builder().get().learningRate(rate).build();
  }

  private static Optimizer own(long index, double rate) {
    return UpdateRule.of("Own" + index, rate, f -> {
      Scalar beta = f.hyperparameter("beta", 1 - 1 / (2.0 + index), Range.FRACTION);
      Slot m = f.slot("m");
      Term update = m.set(m.mix(beta, f.gradient())).sign();
      for (long i = 0; i < index % 50; i++) {
        update = update.plus(m);
      }
      f.subtract(f.learningRate().times(update));
    });
  }

  private static Optimizer decorated(Optimizer rule, int turn) {
    return switch (turn) {
      case 0 -> rule;
      case 1 -> rule.clipped(GradientClip.byGlobalNorm(1)).scheduled(Schedules.constant(0.1));
      case 2 -> rule.averaged(WeightAverage.ema(0.9)).guarded(NonFinite.FAIL);
      case 3 -> rule.accumulated(2).adjustable();
      case 4 -> rule.clippedAdaptively(AdaptiveClip.of(0.1)).centralized();
      case 5 -> rule.noisy(0.01, 0.55, 3).monitored(GradientMonitor.builder().build());
      case 6 ->
        // These two make the parameters anew in each step, and refuse what changes them.
        rule instanceof Ftrl || rule instanceof DAdaptSgd
            ? rule.centralized()
            : rule.projected(Projection.box(-1, 1)).proximal(ProximalMap.l1(0.1));
      default ->
        Optimizer.groups()
            .group("a", parameter -> parameter.name().equals("a"), rule)
            .otherwise(new Sgd(0.1))
            .build();
    };
  }
}
