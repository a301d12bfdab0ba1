package io.github.descent4j;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.internal.Rules;
import io.github.descent4j.rule.UpdateRule;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Builds our optimizer for a golden file's settings, and the gradients that are functions. What a file calls a rule and a
 * hyperparameter is what we call it, but for spelling and the words in the tables here.
 */
final class GoldenOptimizers {

  /** Golden names whose setters are not the same in camel case. */
  private static final Map<String, String> SETTERS = Map.ofEntries(
      entry("eps", "epsilon"),
      entry("eps1", "epsilon1"),
      entry("eps2", "epsilon2"),
      entry("eps_root", "epsilonInVariance"),
      entry("lambd", "lambda"),
      entry("rectify", "rectified"),
      entry("grad_averaging", "gradientAveraging"),
      entry("lr_decay", "learningRateDecay"),
      entry("initial_accumulator_value", "initialAccumulator"),
      entry("rho_threshold", "rectificationThreshold"),
      entry("ns_steps", "newtonSchulzSteps"),
      entry("a", "linear"),
      entry("b", "cubic"),
      entry("c", "quintic"),
      entry("scale_parameter", "scaleByParameter"),
      entry("decay_rate", "decayExponent"),
      entry("use_bias_correction", "biasCorrection"),
      entry("d_coef", "dCoefficient"),
      entry("adjust_lr", "scaling"));

  /** Values that are words; where epsilon is, as whether it is inside. */
  private static final Map<String, Object> WORDS = Map.ofEntries(
      entry("inside_sqrt", true),
      entry("outside_sqrt", false),
      entry("inside_max", true),
      entry("added_to_u", false),
      entry("added", false),
      entry("clamp", true),
      entry("Infinity", Double.POSITIVE_INFINITY),
      entry("original", Muon.Scaling.ROWS_OVER_COLUMNS),
      entry("match_rms_adamw", Muon.Scaling.MATCH_RMS),
      entry("Rprop-", Rprop.Variant.RPROP_MINUS),
      entry("Rprop+", Rprop.Variant.RPROP_PLUS),
      entry("iRprop-", Rprop.Variant.IRPROP_MINUS),
      entry("iRprop+", Rprop.Variant.IRPROP_PLUS));

  /** What may be said of a rule that has no such setting: it has chosen the rule, or is treated here. */
  private static final Set<String> WITHOUT_SETTER = Set.of(
      "amsgrad",
      "nesterov",
      "momentum",
      "dampening",
      "mu_product_next",
      "eps_added_to_s",
      "decoupled_weight_decay",
      "no_prox",
      "v_starts_at",
      "decouple",
      "eps_placement",
      "max_grad_norm");

  private GoldenOptimizers() {}

  static Optimizer create(JsonNode golden) {
    Optimizer rule = Rules.find(rule(golden))
        .orElseThrow(
            () -> new AssertionError("no optimizer for golden '" + golden.get("optimizer") + "'"))
        .make(builder -> setAll(builder, golden));
    double most = golden.at("/hyperparameters/max_grad_norm").asDouble(0);
    return most > 0 ? rule.clipped(GradientClip.byGlobalNorm(most)) : rule;
  }

  private static void setAll(UpdateRule.Builder<?> builder, JsonNode golden) {
    JsonNode h = golden.get("hyperparameters");
    boolean proximal = !h.path("no_prox").asBoolean(true);
    set(builder, "epsilonAsFloor", isTorchAdafactor(golden));
    h.properties().forEach(named -> {
      JsonNode value = named.getValue();
      switch (named.getKey()) {
        case "weight_decay" -> {
          if (proximal) {
            set(builder, "proximalWeightDecay", value.doubleValue());
          } else {
            setWeightDecay(builder, value.doubleValue(), golden);
          }
        }
        case "eps_added_to_s" ->
          set(builder, "epsilonInVariance", value.booleanValue() ? h.get("eps").doubleValue() : 0);
        case "lr" -> {
          // That of a relative step is the paper's, which is the default.
          if (!h.path("relative_step").asBoolean(false)) {
            set(builder, "lr", value);
          }
        }
        case "beta3" -> {
          // Where it is null it is the root of beta2, which is the default.
          if (!value.isNull()) {
            set(builder, "beta3", value.doubleValue());
          }
        }
        case "warmup_init" -> assertThat(value.booleanValue()).isFalse();
        case "variant" -> setVariant(builder, value.textValue());
        default -> set(builder, named.getKey(), value);
      }
    });
  }

  private static boolean isTorchAdafactor(JsonNode golden) {
    return golden.get("optimizer").textValue().equals("adafactor_torch");
  }

  /** The id of our rule. */
  static String rule(JsonNode golden) {
    String name = golden.get("optimizer").textValue();
    JsonNode h = golden.get("hyperparameters");
    if (h.path("amsgrad").asBoolean(false)) {
      return "AmsGrad";
    }
    return switch (name) {
      case "sgd", "momentum", "heavy_ball" -> {
        boolean plain = h.path("momentum").asDouble(0) == 0;
        yield h.path("nesterov").asBoolean(false) ? "Nesterov" : plain ? "Sgd" : "Momentum";
      }
      case "nesterov_lookahead" -> "Nesterov";
      case "adafactor_torch" -> "Adafactor";
      // A second set of options has a number.
      default ->
        Rules.all().stream()
            .map(Rules.Rule::id)
            .filter(id -> id.equalsIgnoreCase(name.replaceAll("_|\\d+$", "")))
            .findFirst()
            .orElse(name);
    };
  }

  private static void set(UpdateRule.Builder<?> builder, String name, JsonNode value) {
    List<String> setters = switch (name) {
      case "eps_placement" -> List.of("epsilonInsideRoot", "epsilonInsideMaximum");
      // RMSProp's rho.
      case "alpha" -> List.of("alpha", "rho");
      // Rprop's rate is that of its first step.
      case "lr" -> List.of("initialStep", "learningRate");
      default -> List.of(SETTERS.getOrDefault(name, camelCase(name)));
    };
    for (String setter : setters) {
      if (set(builder, setter, value(value))) {
        return;
      }
    }
    if (!WITHOUT_SETTER.contains(name)) {
      throw new AssertionError("no setter for golden '" + name + "' in " + builder.getClass());
    }
  }

  /** Forms of one optimizer: the paper's is the default. */
  private static void setVariant(UpdateRule.Builder<?> builder, String variant) {
    boolean known = switch (variant) {
      case "paper" -> true;
      case "rate_outside" -> set(builder, "rateInsideVelocity", false);
      case "optax" -> set(builder, "normOfSum", true);
      default -> WORDS.containsKey(variant) && set(builder, "variant", WORDS.get(variant));
    };
    if (!known) {
      throw new AssertionError("no variant '" + variant + "' in " + builder.getClass());
    }
  }

  /** As the rule's authors have it, where its builder has a way of its own; coupled otherwise. */
  private static void setWeightDecay(
      UpdateRule.Builder<?> builder, double coefficient, JsonNode golden) {
    JsonNode h = golden.get("hyperparameters");
    boolean decoupled = golden.get("optimizer").textValue().equals("adamw")
        || h.path("decoupled_weight_decay").asBoolean(false)
        || h.path("no_prox").asBoolean(false)
        || isTorchAdafactor(golden);
    boolean inUpdate = h.path("decouple").asBoolean(true) && !isTorchAdafactor(golden);
    boolean isSet = (inUpdate && set(builder, "decayInUpdate", coefficient))
        || set(builder, "weightDecay", coefficient);
    if (!isSet) {
      builder.weightDecay(
          decoupled ? WeightDecay.decoupled(coefficient) : WeightDecay.coupled(coefficient));
    }
  }

  /** Sets a hyperparameter by the name of its setter, if there is one for the value. */
  static boolean set(UpdateRule.Builder<?> builder, String setter, Object value) {
    for (Method method : builder.getClass().getMethods()) {
      if (method.getName().equals(setter)
          && method.getParameterCount() == 1
          && !method.isBridge()
          && suits(method.getParameterTypes()[0], value)) {
        try {
          method.invoke(
              builder, method.getParameterTypes()[0] == int.class ? intValue(value) : value);
          return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
          throw new LinkageError(method.toString(), e);
        }
      }
    }
    return false;
  }

  private static boolean suits(Class<?> type, Object value) {
    if (type == double.class || type == int.class) {
      return value instanceof Double;
    }
    return type == boolean.class ? value instanceof Boolean : type.isInstance(value);
  }

  private static Object intValue(Object value) {
    return ((Number) value).intValue();
  }

  private static Object value(JsonNode value) {
    if (value.isTextual()) {
      return WORDS.getOrDefault(value.textValue(), value.textValue());
    }
    return value.isBoolean() ? value.booleanValue() : (Object) value.doubleValue();
  }

  private static String camelCase(String name) {
    StringBuilder camel = new StringBuilder();
    for (String word : name.split("_", -1)) {
      camel
          .append(camel.isEmpty() ? word.charAt(0) : Character.toUpperCase(word.charAt(0)))
          .append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return camel.toString();
  }

  /** The value of a golden file's test function; there are losses of Rosenbrock's alone. */
  static double value(JsonNode function, double[] x) {
    assertThat(function.get("kind").textValue()).isEqualTo("rosenbrock");
    double slope = x[1] - x[0] * x[0];
    double rest = function.get("a").doubleValue() - x[0];
    return rest * rest + function.get("b").doubleValue() * slope * slope;
  }

  /** The gradient of a golden file's test function. */
  static double[] gradient(JsonNode function, double[] x) {
    return switch (function.get("kind").textValue()) {
      case "quadratic" -> {
        double[] g = new double[x.length];
        for (int i = 0; i < x.length; i++) {
          g[i] = -function.get("b").get(i).doubleValue();
          for (int j = 0; j < x.length; j++) {
            g[i] += function.get("A").get(i).get(j).doubleValue() * x[j];
          }
        }
        yield g;
      }
      case "rosenbrock" -> {
        double a = function.get("a").doubleValue();
        double b = function.get("b").doubleValue();
        double slope = x[1] - x[0] * x[0];
        yield new double[] {-2 * (a - x[0]) - 4 * b * x[0] * slope, 2 * b * slope};
      }
      default -> throw new AssertionError("no function '" + function.get("kind") + "'");
    };
  }
}
