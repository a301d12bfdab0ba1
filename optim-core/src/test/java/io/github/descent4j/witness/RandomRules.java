package io.github.descent4j.witness;

import io.github.descent4j.WeightDecay;
import io.github.descent4j.internal.Rules;
import io.github.descent4j.rule.UpdateRule;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Rules whose every hyperparameter and option is drawn, and arrays that are hard on them. */
final class RandomRules {
  private static final double[] HOSTILE = {
    0, -0.0, 1e-20, -1e-20, 1e8, -1e8, 1e-38, -1e-42, 1e15, -1e15, 1, -1
  };
  private static final double[] FACTORS = {0, 0.5, 0.9, 0.99, 0.999};

  private RandomRules() {}

  /** The same seed draws the same rule; what the rule refuses is drawn again. */
  static UpdateRule rule(String id, long seed) {
    return draw(Rules.find(id).orElseThrow(), new SplittableRandom(seed));
  }

  private static <B extends UpdateRule.Builder<B>> UpdateRule draw(
      Rules.Rule<B> rule, SplittableRandom random) {
    IllegalArgumentException last = null;
    for (int attempt = 0; attempt < 1000; attempt++) {
      B builder = rule.builder().get();
      try {
        builder.learningRate(Math.pow(10, random.nextDouble(-4, 0)));
        for (Method method : settings(builder)) {
          set(builder, method, random);
        }
        int decay = random.nextInt(3);
        double coefficient = Math.pow(10, random.nextDouble(-4, 0));
        if (decay > 0) {
          builder.weightDecay(
              decay == 1 ? WeightDecay.coupled(coefficient) : WeightDecay.decoupled(coefficient));
        }
        return builder.build();
      } catch (IllegalArgumentException e) {
        last = e;
      }
    }
    throw new AssertionError(rule.id() + " refuses all", last);
  }

  /** In the order of their names: the JVM gives methods in any. */
  private static Method[] settings(Object builder) {
    return Arrays.stream(builder.getClass().getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers())
            && method.getParameterCount() == 1
            && !method.isBridge())
        .sorted(Comparator.comparing(Method::getName)
            .thenComparing(method -> method.getParameterTypes()[0].getName()))
        .toArray(Method[]::new);
  }

  private static void set(Object builder, Method method, SplittableRandom random) {
    Class<?> type = method.getParameterTypes()[0];
    try {
      if (type == boolean.class) {
        method.invoke(builder, random.nextBoolean());
      } else if (type.isEnum()) {
        Object[] constants = type.getEnumConstants();
        method.invoke(builder, constants[random.nextInt(constants.length)]);
      } else if (type == double.class) {
        method.invoke(builder, number(method.getName(), random));
      }
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw refused;
      }
      throw new AssertionError(method.toString(), e);
    } catch (IllegalAccessException e) {
      throw new AssertionError(method.toString(), e);
    }
  }

  private static double number(String name, SplittableRandom random) {
    if (name.startsWith("epsilon")) {
      return Math.pow(10, random.nextDouble(-10, -2));
    }
    if (name.equals("rectificationThreshold")) {
      return random.nextBoolean() ? 5 : random.nextDouble(4, 7);
    }
    if (name.startsWith("initial") || name.equals("learningRateDecay")) {
      return random.nextBoolean() ? 0 : Math.pow(10, random.nextDouble(-6, 0));
    }
    // Of Rprop, whose sizes have an order.
    if (name.equals("etaPlus")) {
      return random.nextDouble(1, 2);
    }
    if (name.equals("stepMin") || name.equals("stepMax")) {
      return Math.pow(10, name.equals("stepMin") ? random.nextDouble(-8, -6) : 2);
    }
    return random.nextBoolean() ? FACTORS[random.nextInt(FACTORS.length)] : random.nextDouble();
  }

  /** Numbers of seven orders of magnitude. */
  static INDArray values(DataType type, int length, SplittableRandom random) {
    INDArray array = Nd4j.create(type, length);
    for (int i = 0; i < length; i++) {
      array.putScalar(i, usual(random));
    }
    return array;
  }

  /** The same, and one in four at an end of the range. */
  static INDArray gradients(DataType type, int length, SplittableRandom random) {
    INDArray array = values(type, length, random);
    for (int i = 0; i < length; i++) {
      if (random.nextInt(4) == 0) {
        array.putScalar(i, HOSTILE[random.nextInt(HOSTILE.length)]);
      }
    }
    return array;
  }

  private static double usual(SplittableRandom random) {
    return random.nextDouble(-1, 1) * Math.pow(10, random.nextDouble(-3, 3));
  }

  static double[] elements(INDArray array) {
    return array.dup('c').data().asDouble();
  }

  static boolean allFinite(double[] elements) {
    return Arrays.stream(elements).allMatch(Double::isFinite);
  }
}
