package io.github.descent4j;

/**
 * The defaults and forks of papers and of other libraries: each method starts a builder from theirs, so
 * that a script ported from there gets its numbers.
 *
 * <pre>{@code
 * Optimizer optimizer = Conventions.KERAS.adam().learningRate(2e-3).build();
 * }</pre>
 *
 * <p>As of PyTorch 2 (and 1.13), Keras 3.15, Optax 0.2.8 and timm 1.0.29; {@code docs/conventions.md} has the table
 * and the sources. Where one has no default of its own (Optax has no learning rates, most papers no
 * epsilon), the builder keeps this library's. What one does not have at all is an {@link
 * UnsupportedOperationException}.
 *
 * <p>Weight decay is not part of a preset, except in {@link #adamW}, {@link #lion}, {@link #lamb} and {@link #muon}: PyTorch's {@code weight_decay} is
 * {@link WeightDecay#coupled} but in AdamW, Keras's is {@link WeightDecay#decoupled}.
 */
public enum Conventions {
  /** The paper of the optimizer, as cited in its Javadoc. */
  PAPER,
  /** {@code torch.optim}. */
  PYTORCH,
  /** {@code keras.optimizers}. */
  KERAS,
  /** {@code optax}. */
  OPTAX,
  /** {@code timm.optim}, which takes PyTorch's where PyTorch has one, as this does, but of Muon, Adafactor and Rprop. */
  TIMM;

  /** Plain gradient descent: learningRate 0.001 in PyTorch, 0.01 in Keras. */
  public Sgd.Builder sgd() {
    return this == PYTORCH || this == TIMM ? Sgd.builder().learningRate(1e-3) : Sgd.builder();
  }

  /**
   * Gradient descent with momentum: PyTorch's and Keras's SGD with momentum, which has no default of
   * its own there; Keras has the rate inside the velocity.
   */
  public Momentum.Builder momentum() {
    return switch (this) {
      case PYTORCH, TIMM -> Momentum.builder().learningRate(1e-3);
      case KERAS -> Momentum.builder().rateInsideVelocity(true);
      case PAPER, OPTAX -> Momentum.builder();
    };
  }

  /**
   * Nesterov's gradient: SGD with {@code nesterov}; Keras has the rate inside the velocity, and so has
   * the paper (Sutskever et al. 2013, equation 3).
   */
  public Nesterov.Builder nesterov() {
    return switch (this) {
      case PYTORCH, TIMM -> Nesterov.builder().learningRate(1e-3);
      case PAPER, KERAS -> Nesterov.builder().rateInsideVelocity(true);
      case OPTAX -> Nesterov.builder();
    };
  }

  /** AdaGrad: epsilon outside the root in the paper and PyTorch, inside in Keras and Optax. */
  public AdaGrad.Builder adaGrad() {
    return switch (this) {
      case PAPER -> AdaGrad.builder().epsilonInsideRoot(false);
      case PYTORCH, TIMM ->
        AdaGrad.builder().learningRate(0.01).epsilon(1e-10).epsilonInsideRoot(false);
      case KERAS -> AdaGrad.builder().learningRate(1e-3).epsilon(1e-7).initialAccumulator(0.1);
      case OPTAX -> AdaGrad.builder().epsilon(1e-7).initialAccumulator(0.1);
    };
  }

  /**
   * RMSProp: epsilon outside the root in PyTorch, inside in Keras and Optax, whose momentum buffers
   * have the rate inside. Centered, Keras and Optax do not clamp the variance at 0; this library does.
   */
  public RmsProp.Builder rmsProp() {
    return switch (this) {
      case PAPER -> RmsProp.builder();
      case PYTORCH, TIMM ->
        RmsProp.builder().learningRate(0.01).rho(0.99).epsilon(1e-8).epsilonInsideRoot(false);
      case KERAS ->
        RmsProp.builder().learningRate(1e-3).rho(0.9).epsilon(1e-7).rateInsideMomentum(true);
      case OPTAX -> RmsProp.builder().rho(0.9).epsilon(1e-8).rateInsideMomentum(true);
    };
  }

  /** AdaDelta: rho 0.95 in the paper and Keras, 0.9 in PyTorch and Optax; Keras's rate is 0.001. */
  public AdaDelta.Builder adaDelta() {
    return switch (this) {
      case PAPER -> AdaDelta.builder().learningRate(1).rho(0.95).epsilon(1e-6);
      case PYTORCH, TIMM, OPTAX -> AdaDelta.builder().learningRate(1).rho(0.9).epsilon(1e-6);
      case KERAS -> AdaDelta.builder().learningRate(1e-3).rho(0.95).epsilon(1e-7);
    };
  }

  /** Adam: "epsilon hat" and 1e-7 in Keras. */
  public Adam.Builder adam() {
    Adam.Builder builder =
        Adam.builder().learningRate(1e-3).beta1(0.9).beta2(0.999).epsilon(1e-8);
    return this == KERAS ? builder.epsilon(1e-7).epsilonHat(true) : builder;
  }

  /**
   * AdamW: "epsilon hat" and 1e-7 in Keras; the decay is 0.01 in PyTorch, 0.004 in Keras, 1e-4 in Optax.
   *
   * @throws UnsupportedOperationException for {@link #PAPER}, whose decay is not multiplied by alpha:
   *     {@code weightDecay(lambda / alpha)} is the paper's at a rate of alpha
   */
  public AdamW.Builder adamW() {
    AdamW.Builder builder = AdamW.builder().learningRate(1e-3).beta1(0.9).beta2(0.999);
    return switch (this) {
      case PYTORCH, TIMM -> builder.epsilon(1e-8).weightDecay(0.01);
      case KERAS -> builder.epsilon(1e-7).epsilonHat(true).weightDecay(0.004);
      case OPTAX -> builder.epsilon(1e-8).weightDecay(1e-4);
      case PAPER ->
        throw new UnsupportedOperationException(
            "PAPER has an AdamW whose decay is not multiplied by the learning rate, expected PYTORCH,"
                + " KERAS or OPTAX; weightDecay(lambda / alpha) decays as the paper does at a learning"
                + " rate of alpha");
    };
  }

  /**
   * AMSGrad: without bias correction in the paper, "epsilon hat" and 1e-7 in Keras, where it is Adam
   * with {@code amsgrad}, as in PyTorch.
   *
   * @throws UnsupportedOperationException for {@link #OPTAX}, whose maximum is that of the corrected
   *     moment
   */
  public AmsGrad.Builder amsGrad() {
    return switch (this) {
      case PAPER -> AmsGrad.builder().biasCorrection(false);
      case PYTORCH, TIMM -> AmsGrad.builder().learningRate(1e-3).epsilon(1e-8);
      case KERAS -> AmsGrad.builder().learningRate(1e-3).epsilon(1e-7).epsilonHat(true);
      case OPTAX ->
        throw new UnsupportedOperationException(
            "OPTAX has an AMSGrad whose maximum is that of the corrected moment, expected PAPER,"
                + " PYTORCH or KERAS");
    };
  }

  /**
   * Yogi: without bias correction in the paper; with both moments from 1e-6 in Optax.
   *
   * @throws UnsupportedOperationException for {@link #PYTORCH} and {@link #KERAS}, which have none
   */
  public Yogi.Builder yogi() {
    return switch (this) {
      case PAPER -> Yogi.builder().epsilon(1e-3).initialAccumulator(0).biasCorrection(false);
      case OPTAX -> Yogi.builder().epsilon(1e-3).initialAccumulator(1e-6).initialFirstMoment(1e-6);
      case PYTORCH, TIMM, KERAS -> throw none("Yogi", "PAPER or OPTAX");
    };
  }

  /**
   * RAdam: threshold 4 in the paper, which has no epsilon, 5 in PyTorch and Optax; epsilon on the
   * corrected root in Optax. Optax rectifies at the threshold too, which rho_t does not hit.
   *
   * @throws UnsupportedOperationException for {@link #KERAS}, which has none
   */
  public RAdam.Builder rAdam() {
    return switch (this) {
      case PAPER -> RAdam.builder().rectificationThreshold(4);
      case PYTORCH, TIMM -> RAdam.builder().learningRate(1e-3).rectificationThreshold(5);
      case OPTAX -> RAdam.builder().rectificationThreshold(5).epsilonOnCorrectedRoot(true);
      case KERAS -> throw none("RAdam", "PAPER, PYTORCH or OPTAX");
    };
  }

  /**
   * NAdam: rate 0.001, epsilon 1e-7 and momentumDecay 1 in Keras; a constant momentum, which is
   * momentumDecay 1e6, in Optax.
   *
   * @throws UnsupportedOperationException for {@link #PAPER}, whose first moment decays by mu_t
   */
  public NAdam.Builder nAdam() {
    NAdam.Builder builder = NAdam.builder().beta1(0.9).beta2(0.999).epsilon(1e-8);
    return switch (this) {
      case PYTORCH, TIMM -> builder.learningRate(2e-3).momentumDecay(0.004);
      case KERAS -> builder.learningRate(1e-3).epsilon(1e-7).momentumDecay(1);
      // 0.96 to this power is 0, so that mu is beta1 from the first step on.
      case OPTAX -> builder.momentumDecay(1e6);
      case PAPER ->
        throw new UnsupportedOperationException(
            "PAPER has an NAdam whose first moment decays by mu_t, expected PYTORCH, KERAS or OPTAX");
    };
  }

  /** AdaMax: epsilon inside the maximum in PyTorch and Optax; rate 0.001 and epsilon 1e-7 in Keras. */
  public AdaMax.Builder adaMax() {
    return switch (this) {
      case PAPER -> AdaMax.builder().learningRate(2e-3);
      case PYTORCH, TIMM ->
        AdaMax.builder().learningRate(2e-3).epsilon(1e-8).epsilonInsideMaximum(true);
      case KERAS -> AdaMax.builder().learningRate(1e-3).epsilon(1e-7);
      case OPTAX -> AdaMax.builder().epsilon(1e-8).epsilonInsideMaximum(true);
    };
  }

  /**
   * Lion: rate 0.001 in Keras; a decay of 1e-3 in Optax.
   *
   * @throws UnsupportedOperationException for {@link #PYTORCH}, which has none
   */
  public Lion.Builder lion() {
    Lion.Builder builder = Lion.builder().beta1(0.9).beta2(0.99);
    return switch (this) {
      case PAPER, TIMM -> builder.learningRate(1e-4);
      case KERAS -> builder.learningRate(1e-3);
      case OPTAX -> builder.weightDecay(1e-3);
      case PYTORCH -> throw none("Lion", "PAPER, KERAS, OPTAX or TIMM");
    };
  }

  /**
   * AdaBelief: both epsilons 1e-16 in Optax and timm, which rectifies as the authors' package does.
   *
   * @throws UnsupportedOperationException for {@link #PYTORCH} and {@link #KERAS}, which have none
   */
  public AdaBelief.Builder adaBelief() {
    AdaBelief.Builder builder = AdaBelief.builder().beta1(0.9).beta2(0.999);
    return switch (this) {
      case PAPER -> builder.learningRate(1e-3).epsilon(1e-8).epsilonInVariance(1e-8);
      case OPTAX -> builder.epsilon(1e-16).epsilonInVariance(1e-16);
      case TIMM ->
        builder.learningRate(1e-3).epsilon(1e-16).epsilonInVariance(1e-16).rectified(true);
      case PYTORCH, KERAS -> throw none("AdaBelief", "PAPER, OPTAX or TIMM");
    };
  }

  /**
   * Adan: the authors' code as {@link #PAPER}, whose betas are what is kept; timm has the same.
   *
   * @throws UnsupportedOperationException for {@link #PYTORCH} and {@link #KERAS}, which have none, and {@link #OPTAX}, which
   *     weighs the difference of gradients by 1 - beta2
   */
  public Adan.Builder adan() {
    return switch (this) {
      case PAPER, TIMM ->
        Adan.builder().learningRate(1e-3).beta1(0.98).beta2(0.92).beta3(0.99).epsilon(1e-8);
      case PYTORCH, KERAS -> throw none("Adan", "PAPER or TIMM");
      case OPTAX ->
        throw new UnsupportedOperationException(
            "OPTAX has an Adan that weighs the difference by 1 - beta2, expected PAPER or TIMM");
    };
  }

  /**
   * LAMB: a decay of 0.01 in the paper and timm, which clips the gradients to a global norm of 1 first, and without a decay
   * has no ratio; epsilon 1e-7 in Keras, whose decay is decoupled.
   *
   * @throws UnsupportedOperationException for {@link #PYTORCH}, which has none
   */
  public Lamb.Builder lamb() {
    Lamb.Builder builder = Lamb.builder().beta1(0.9).beta2(0.999).epsilon(1e-6);
    return switch (this) {
      case PAPER, TIMM -> builder.decayInUpdate(0.01);
      case KERAS -> builder.learningRate(1e-3).epsilon(1e-7);
      case OPTAX -> builder;
      case PYTORCH -> throw none("Lamb", "PAPER, KERAS, OPTAX or TIMM");
    };
  }

  /**
   * LARS: the norm of gradient and decay together in Optax; the rate outside of the velocity and no momentum in timm, as
   * with its {@code always_adapt}: without that and without a decay it has no ratio, and is Sgd.
   *
   * @throws UnsupportedOperationException for {@link #PYTORCH} and {@link #KERAS}, which have none
   */
  public Lars.Builder lars() {
    Lars.Builder builder = Lars.builder().momentum(0.9).trustCoefficient(1e-3);
    return switch (this) {
      case PAPER -> builder;
      case OPTAX -> builder.normOfSum(true);
      case TIMM -> builder.momentum(0).rateInsideVelocity(false).epsilon(1e-8);
      case PYTORCH, KERAS -> throw none("LARS", "PAPER, OPTAX or TIMM");
    };
  }

  /**
   * Adafactor: the rate is the relative step's first argument in all; epsilon1 is a floor, of the size of an ulp in double, in
   * PyTorch; rate 0.001 in Keras, which decays ahead of the step and has RMS(p) behind that: a decay here has it ahead.
   * PyTorch's epsilon1 for FLOAT is 1.1920928955078125e-7.
   *
   * @throws UnsupportedOperationException for {@link #OPTAX} and {@link #TIMM}, which factor large matrices alone
   */
  public Adafactor.Builder adafactor() {
    Adafactor.Builder builder = Adafactor.builder();
    return switch (this) {
      case PAPER -> builder.learningRate(0.01);
      case PYTORCH -> builder.learningRate(0.01).epsilon1(Math.ulp(1.0)).epsilonAsFloor(true);
      case KERAS -> builder.learningRate(1e-3);
      case OPTAX, TIMM ->
        throw new UnsupportedOperationException(
            name()
                + " has an Adafactor that factors large matrices alone, expected PAPER, PYTORCH or KERAS");
    };
  }

  /**
   * Prodigy: the authors' own as {@link #PAPER}; with bias correction in Optax.
   *
   * @throws UnsupportedOperationException for {@link #PYTORCH}, {@link #KERAS} and {@link #TIMM}, which have none
   */
  public Prodigy.Builder prodigy() {
    return switch (this) {
      case PAPER -> Prodigy.builder();
      case OPTAX -> Prodigy.builder().biasCorrection(true);
      case PYTORCH, KERAS, TIMM -> throw none("Prodigy", "PAPER or OPTAX");
    };
  }

  /**
   * D-Adaptation of Adam: the authors' own as {@link #PAPER}; with bias correction in Optax.
   *
   * @throws UnsupportedOperationException for {@link #PYTORCH}, {@link #KERAS} and {@link #TIMM}, which have none
   */
  public DAdaptAdam.Builder dAdaptAdam() {
    return switch (this) {
      case PAPER -> DAdaptAdam.builder();
      case OPTAX -> DAdaptAdam.builder().biasCorrection(true);
      case PYTORCH, KERAS, TIMM -> throw none("DAdaptAdam", "PAPER or OPTAX");
    };
  }

  /**
   * Muon: the author's own as {@link #PAPER}; rate 0.001, decay 0.1 and the norm at least epsilon in PyTorch; rate 0.001,
   * decay 0.004 and MATCH_RMS in Keras; MATCH_RMS, the norm at least epsilon and no nesterov in timm, as with its {@code
   * ns_coefficients="original"}: by default it has other coefficients in each step of the iteration, {@code "quintic"}.
   *
   * @throws UnsupportedOperationException for {@link #OPTAX}, whose momentum is bias-corrected
   */
  public Muon.Builder muon() {
    return switch (this) {
      case PAPER -> Muon.builder().learningRate(0.02);
      case PYTORCH ->
        Muon.builder().learningRate(1e-3).epsilonInsideMaximum(true).weightDecay(0.1);
      case KERAS ->
        Muon.builder().learningRate(1e-3).scaling(Muon.Scaling.MATCH_RMS).weightDecay(0.004);
      case TIMM ->
        Muon.builder().nesterov(false).scaling(Muon.Scaling.MATCH_RMS).epsilonInsideMaximum(true);
      case OPTAX ->
        throw new UnsupportedOperationException(
            "OPTAX has a Muon whose momentum is bias-corrected, expected PAPER, PYTORCH, KERAS or TIMM");
    };
  }

  /**
   * Rprop: RPROP_PLUS with a first step of 0.1 in the paper (Riedmiller and Braun 1993), IRPROP_MINUS with one of 0.01 in PyTorch.
   *
   * @throws UnsupportedOperationException for {@link #KERAS} and {@link #TIMM}, which have none, and {@link #OPTAX}, whose
   *     step is that of the gradient before
   */
  public Rprop.Builder rprop() {
    return switch (this) {
      case PAPER -> Rprop.builder().variant(Rprop.Variant.RPROP_PLUS).initialStep(0.1);
      case PYTORCH -> Rprop.builder().variant(Rprop.Variant.IRPROP_MINUS).initialStep(0.01);
      case KERAS, TIMM -> throw none("Rprop", "PAPER or PYTORCH");
      case OPTAX ->
        throw new UnsupportedOperationException(
            "OPTAX has an Rprop whose step is that of the gradient before, expected PAPER or PYTORCH");
    };
  }

  /**
   * FTRL-Proximal: rate 0.001, beta 0 and squares from 0.1 in Keras, whose {@code l2_regularization_strength} is half of
   * lambda2.
   *
   * @throws UnsupportedOperationException for {@link #PYTORCH}, {@link #OPTAX} and {@link #TIMM}, which have none
   */
  public Ftrl.Builder ftrl() {
    return switch (this) {
      case PAPER -> Ftrl.builder().beta(1).initialAccumulator(0);
      case KERAS -> Ftrl.builder().learningRate(1e-3).beta(0).initialAccumulator(0.1);
      case PYTORCH, OPTAX, TIMM -> throw none("Ftrl", "PAPER or KERAS");
    };
  }

  /**
   * NovoGrad: betas 0.95 and 0.98 in the paper and timm, whose rate is 0.001; 0.9 and 0.25, and epsilon 1e-6, in Optax.
   *
   * @throws UnsupportedOperationException for {@link #PYTORCH} and {@link #KERAS}, which have none
   */
  public NovoGrad.Builder novoGrad() {
    return switch (this) {
      case PAPER -> NovoGrad.builder().beta1(0.95).beta2(0.98);
      case TIMM -> NovoGrad.builder().learningRate(1e-3).beta1(0.95).beta2(0.98);
      case OPTAX -> NovoGrad.builder().beta1(0.9).beta2(0.25).epsilon(1e-6);
      case PYTORCH, KERAS -> throw none("NovoGrad", "PAPER, OPTAX or TIMM");
    };
  }

  private UnsupportedOperationException none(String optimizer, String expected) {
    return new UnsupportedOperationException(
        name() + " has no " + optimizer + ", expected " + expected);
  }
}
