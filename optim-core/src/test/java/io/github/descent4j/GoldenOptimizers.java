package io.github.descent4j;

import com.fasterxml.jackson.databind.JsonNode;

/** Builds our optimizer for a golden file's settings, and the gradients that are functions. */
final class GoldenOptimizers {

  private GoldenOptimizers() {}

  static Optimizer create(JsonNode golden) {
    JsonNode h = golden.get("hyperparameters");
    double lr = h.get("lr").doubleValue();
    double decay = h.path("weight_decay").asDouble(0);
    WeightDecay coupled = WeightDecay.coupled(decay);
    String optimizer = golden.get("optimizer").textValue();
    return switch (optimizer) {
      case "sgd", "momentum", "heavy_ball", "nesterov_lookahead" -> {
        double mu = h.path("momentum").asDouble(0);
        boolean nesterov =
            h.path("nesterov").asBoolean(false) || optimizer.equals("nesterov_lookahead");
        if (nesterov) {
          yield Nesterov.builder()
              .learningRate(lr)
              .momentum(mu)
              .weightDecay(coupled)
              .build();
        }
        yield mu == 0
            ? Sgd.builder().learningRate(lr).weightDecay(coupled).build()
            : Momentum.builder()
                .learningRate(lr)
                .momentum(mu)
                .dampening(h.path("dampening").asDouble(0))
                .weightDecay(coupled)
                .build();
      }
      case "adagrad" ->
        AdaGrad.builder()
            .learningRate(lr)
            .epsilon(h.get("eps").doubleValue())
            .epsilonInsideRoot(inside(h))
            .initialAccumulator(h.get("initial_accumulator_value").doubleValue())
            .learningRateDecay(h.get("lr_decay").doubleValue())
            .weightDecay(coupled)
            .build();
      case "rmsprop" ->
        RmsProp.builder()
            .learningRate(lr)
            .rho(h.get("alpha").doubleValue())
            .epsilon(h.get("eps").doubleValue())
            .epsilonInsideRoot(inside(h))
            .centered(h.get("centered").booleanValue())
            .momentum(h.get("momentum").doubleValue())
            .weightDecay(coupled)
            .build();
      case "adadelta" ->
        AdaDelta.builder()
            .learningRate(lr)
            .rho(h.get("rho").doubleValue())
            .epsilon(h.get("eps").doubleValue())
            .weightDecay(coupled)
            .build();
      case "adam", "adamw" -> {
        WeightDecay weightDecay =
            optimizer.equals("adamw") ? WeightDecay.decoupled(decay) : coupled;
        double beta1 = h.get("beta1").doubleValue();
        double beta2 = h.get("beta2").doubleValue();
        double epsilon = h.get("eps").doubleValue();
        if (h.get("amsgrad").booleanValue()) {
          yield AmsGrad.builder()
              .learningRate(lr)
              .beta1(beta1)
              .beta2(beta2)
              .epsilon(epsilon)
              .weightDecay(weightDecay)
              .build();
        }
        yield optimizer.equals("adamw")
            ? AdamW.builder()
                .learningRate(lr)
                .beta1(beta1)
                .beta2(beta2)
                .epsilon(epsilon)
                .weightDecay(weightDecay)
                .build()
            : Adam.builder()
                .learningRate(lr)
                .beta1(beta1)
                .beta2(beta2)
                .epsilon(epsilon)
                .weightDecay(weightDecay)
                .build();
      }
      case "yogi" ->
        Yogi.builder()
            .learningRate(lr)
            .beta1(h.get("beta1").doubleValue())
            .beta2(h.get("beta2").doubleValue())
            .epsilon(h.get("eps").doubleValue())
            .initialAccumulator(h.get("initial_accumulator_value").doubleValue())
            .build();
      case "radam" ->
        RAdam.builder()
            .learningRate(lr)
            .beta1(h.get("beta1").doubleValue())
            .beta2(h.get("beta2").doubleValue())
            .epsilon(h.get("eps").doubleValue())
            .rectificationThreshold(h.get("rho_threshold").doubleValue())
            .weightDecay(coupled)
            .build();
      case "nadam" ->
        NAdam.builder()
            .learningRate(lr)
            .beta1(h.get("beta1").doubleValue())
            .beta2(h.get("beta2").doubleValue())
            .epsilon(h.get("eps").doubleValue())
            .momentumDecay(h.get("momentum_decay").doubleValue())
            .weightDecay(coupled)
            .build();
      case "adamax" ->
        AdaMax.builder()
            .learningRate(lr)
            .beta1(h.get("beta1").doubleValue())
            .beta2(h.get("beta2").doubleValue())
            .epsilon(h.get("eps").doubleValue())
            .epsilonInsideMaximum(h.get("eps_placement").textValue().equals("inside_max"))
            .weightDecay(coupled)
            .build();
      default -> throw new AssertionError("no optimizer for golden '" + optimizer + "'");
    };
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

  private static boolean inside(JsonNode hyperparameters) {
    return hyperparameters.get("eps_placement").textValue().equals("inside_sqrt");
  }
}
