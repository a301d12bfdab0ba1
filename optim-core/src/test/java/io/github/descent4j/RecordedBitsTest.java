package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.clip.Norm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The bits of parameters and slots that the hand-written loops of version 0 gave: whatever computes an update, in
 * whatever layout, gives these.
 *
 * <p>A row of the resource is a case of {@link OptimizerCase}, an element type, a treatment, and a hash of all
 * bits after each of 30 steps; NaN is one value. A new optimizer gets its rows by {@link #main}, which prints
 * those that are missing; a row that stands is never written anew.
 */
@Tag("slow")
class RecordedBitsTest {
  private static final int STEPS = 30;
  private static final String RESOURCE = "/recorded-bits.txt";

  /** Which the treatments take in turn; {@link LayoutTest} compares more of them. */
  private static final List<Layout> LAYOUTS =
      List.of(Layout.C_ORDER, Layout.F_ORDER, Layout.TRANSPOSED_VIEW);

  private static final Map<String, String> RECORDED = read();

  /** What happens to gradient and parameter around the rule. */
  enum Treatment {
    NONE,
    CLAMPED,
    SCALED,
    COUPLED,
    DECOUPLED,
    SCALED_CLAMPED_DECAYED;

    Optimizer around(OptimizerCase optimizer) {
      return switch (this) {
        case NONE -> optimizer.create().get();
        case CLAMPED -> optimizer.create().get().clipped(GradientClip.byValue(-0.3, 0.6));
        case SCALED -> optimizer.create().get().clipped(GradientClip.byNorm(0.7, Norm.L2));
        case COUPLED -> optimizer.withWeightDecay().apply(WeightDecay.coupled(0.03));
        case DECOUPLED -> optimizer.withWeightDecay().apply(WeightDecay.decoupled(0.03));
        case SCALED_CLAMPED_DECAYED ->
          optimizer
              .withWeightDecay()
              .apply(WeightDecay.decoupled(0.01))
              .clipped(GradientClip.byValue(-0.01, 0.02))
              .clipped(GradientClip.byNorm(0.5, Norm.L2));
      };
    }

    boolean suits(OptimizerCase optimizer) {
      return switch (this) {
        case COUPLED -> !optimizer.isOf("AdamW");
        case DECOUPLED, SCALED_CLAMPED_DECAYED ->
          !optimizer.isOf("Ftrl") && !optimizer.isOf("DAdaptSgd");
        default -> true;
      };
    }
  }

  /** All but Muon, whose products are those of the machine's BLAS. */
  static List<OptimizerCase> cases() {
    return OptimizerCase.withoutDecayOnMatrices().stream()
        .filter(optimizer -> !optimizer.isOf("Muon"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void givesTheBitsOfVersionZero(OptimizerCase optimizer) {
    List<String> problems = new ArrayList<>();
    int turn = 0;
    for (DataType type : types()) {
      // Another layout for each treatment than with the type before.
      turn++;
      for (Treatment treatment : Treatment.values()) {
        Layout layout = LAYOUTS.get(turn++ % LAYOUTS.size());
        if (!treatment.suits(optimizer)) {
          continue;
        }
        String key = key(optimizer, type, treatment);
        String recorded = RECORDED.get(key);
        String actual = run(treatment.around(optimizer), type, layout);
        if (!actual.equals(recorded)) {
          problems.add(key + ", " + layout + ": " + actual + ", expected " + recorded);
        }
      }
    }
    assertThat(problems).isEmpty();
  }

  /** A row that nothing asks for would hold nothing. */
  @Test
  void everyRowIsOfACase() {
    List<String> known = new ArrayList<>();
    for (OptimizerCase optimizer : cases()) {
      for (DataType type : types()) {
        for (Treatment treatment : Treatment.values()) {
          known.add(key(optimizer, type, treatment));
        }
      }
    }
    assertThat(known).containsAll(RECORDED.keySet());
  }

  /** Prints the rows that are missing from the resource. */
  public static void main(String[] args) throws IOException {
    StringBuilder rows = new StringBuilder();
    for (OptimizerCase optimizer : cases()) {
      for (DataType type : types()) {
        for (Treatment treatment : Treatment.values()) {
          String key = key(optimizer, type, treatment);
          if (treatment.suits(optimizer) && !RECORDED.containsKey(key)) {
            rows.append(key)
                .append(" | ")
                .append(run(treatment.around(optimizer), type, Layout.C_ORDER))
                .append('\n');
          }
        }
      }
    }
    Files.writeString(Path.of(args[0]), rows);
  }

  private static String run(Optimizer optimizer, DataType type, Layout layout) {
    return run(optimizer, type, layout, (half, parameters) -> half);
  }

  /**
   * Hashes the bits after every step.
   *
   * @param inTheMiddle gives what takes the second half of the steps
   */
  static String run(
      Optimizer optimizer,
      DataType type,
      Layout layout,
      BiFunction<Optimizer, Parameters, Optimizer> inTheMiddle) {
    Optimizer stepping = optimizer;
    SplittableRandom random = new SplittableRandom(42);
    INDArray ordinary = value(random, type, layout, 31, 33);
    INDArray hostile = value(random, type, layout, 4, 67);
    long hash = 0;
    for (int step = 0; step < STEPS; step++) {
      Parameters parameters = Parameters.of(
          Parameter.of("ordinary", ordinary, gradient(random, type, layout, false, 31, 33)),
          Parameter.of("hostile", hostile, gradient(random, type, layout, true, 4, 67)));
      if (step == STEPS / 2) {
        stepping = inTheMiddle.apply(stepping, parameters);
      }
      stepping.step(parameters);
      for (INDArray value : List.of(ordinary, hostile)) {
        hash = hash(hash, value);
      }
      for (String parameter : List.of("ordinary", "hostile")) {
        for (String slot : stepping.state().slots(parameter)) {
          hash = hash(hash, stepping.state().slot(parameter, slot));
        }
      }
    }
    return String.format(Locale.ROOT, "%016x", hash);
  }

  private static INDArray value(
      SplittableRandom random, DataType type, Layout layout, long... shape) {
    double[] numbers = TestArrays.uniform(random, TestArrays.length(shape));
    return TestArrays.lay(TestArrays.create(type, shape, numbers), layout);
  }

  /** Hostile ones have what may go wrong in some elements, each again and again. */
  private static INDArray gradient(
      SplittableRandom random, DataType type, Layout layout, boolean hostile, long... shape) {
    double[] numbers = TestArrays.gradients(random, TestArrays.length(shape));
    for (int i = 0; hostile && i < numbers.length; i++) {
      numbers[i] = switch (i % 16) {
        case 0 -> -0.0;
        case 1 -> random.nextInt(8) == 0 ? Double.NaN : numbers[i];
        case 2 -> random.nextInt(8) == 0 ? Double.POSITIVE_INFINITY : numbers[i];
        case 3 -> random.nextInt(8) == 0 ? Double.NEGATIVE_INFINITY : numbers[i];
        case 4 -> type == DataType.DOUBLE ? Double.MIN_VALUE : Float.MIN_VALUE;
        case 5 -> random.nextInt(8) == 0 ? -Float.MAX_VALUE : numbers[i];
        case 6 -> random.nextDouble(-1e-38, 1e-38);
        case 7 -> 1e-30;
        default -> numbers[i];
      };
    }
    return TestArrays.lay(TestArrays.create(type, shape, numbers), layout);
  }

  static long hash(long hash, INDArray array) {
    for (long bits : TestArrays.bits(array)) {
      hash = (hash ^ bits) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    return hash;
  }

  private static String key(OptimizerCase optimizer, DataType type, Treatment treatment) {
    return optimizer.name() + " | " + type + " | " + treatment;
  }

  static List<DataType> types() {
    return List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16);
  }

  private static Map<String, String> read() {
    Map<String, String> rows = new LinkedHashMap<>();
    try (var in = RecordedBitsTest.class.getResourceAsStream(RESOURCE)) {
      String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
      text.lines().forEach(row -> {
        int bar = row.lastIndexOf(" | ");
        rows.put(row.substring(0, bar), row.substring(bar + 3));
      });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new TreeMap<>(rows);
  }
}
