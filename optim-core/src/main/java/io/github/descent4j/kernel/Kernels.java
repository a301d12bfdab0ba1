package io.github.descent4j.kernel;

/**
 * The arithmetic of the update rules, and then of the norms, one method each, over all blocks of a
 * chunk.
 *
 * <p>Scalars arrive in double and are rounded once to the arithmetic's type. Implementations do the
 * same operations in the same order, so that their results are the same bits. The formulas are in
 * the Javadoc of the optimizers; the names here are those of {@code docs/formulas.md}.
 */
public interface Kernels {

  /** {@code p -= lr g}. */
  void sgd(Chunk chunk, double learningRate);

  /** {@code v = mu v + gain g; p -= lr v}. Slot: v. */
  void momentum(Chunk chunk, double learningRate, double mu, double gain);

  /** {@code v = mu v + g; p -= lr (g + mu v)}. Slot: v. */
  void nesterov(Chunk chunk, double learningRate, double mu);

  /** {@code s += g²; p -= lr g / (sqrt(s + epsilonInside) + epsilonOutside)}. Slot: s. */
  void adaGrad(Chunk chunk, double learningRate, double epsilonInside, double epsilonOutside);

  /**
   * {@code s = rho s + (1-rho) g²; p -= lr g / (sqrt(s + epsilonInside) + epsilonOutside)}. Slot: s.
   */
  void rmsProp(
      Chunk chunk, double learningRate, double rho, double epsilonInside, double epsilonOutside);

  /** As {@link #rmsProp}, then {@code b = mu b + d; p -= lr b}. Slots: s, b. */
  void rmsPropMomentum(
      Chunk chunk,
      double learningRate,
      double rho,
      double mu,
      double epsilonInside,
      double epsilonOutside);

  /**
   * {@code m = rho m + (1-rho) g} and {@code max(s - m², 0)} for s under the root of {@link
   * #rmsProp}. Slots: s, m.
   */
  void rmsPropCentered(
      Chunk chunk, double learningRate, double rho, double epsilonInside, double epsilonOutside);

  /** {@link #rmsPropCentered} with {@code b = mu b + d; p -= lr b}. Slots: s, m, b. */
  void rmsPropCenteredMomentum(
      Chunk chunk,
      double learningRate,
      double rho,
      double mu,
      double epsilonInside,
      double epsilonOutside);

  /**
   * {@code s = rho s + (1-rho) g²; d = sqrt((x + epsilon) / (s + epsilon)) g; p -= lr d; x = rho x +
   * (1-rho) d²}. Slots: s, x.
   */
  void adaDelta(Chunk chunk, double learningRate, double rho, double epsilon);

  /**
   * {@code m = beta1 m + (1-beta1) g; v = beta2 v + (1-beta2) g²; p -= stepSize m / (sqrt(v)
   * rootScale + epsilon)}. Slots: m, v.
   */
  void adam(
      Chunk chunk, double beta1, double beta2, double stepSize, double rootScale, double epsilon);

  /** As {@link #adam}, with {@code vMax = max(vMax, v)} for v under the root. Slots: m, v, vMax. */
  void amsGrad(
      Chunk chunk, double beta1, double beta2, double stepSize, double rootScale, double epsilon);

  /** As {@link #adam}, with {@code v = v - (1-beta2) sign(v - g²) g²}. Slots: m, v. */
  void yogi(
      Chunk chunk, double beta1, double beta2, double stepSize, double rootScale, double epsilon);

  /**
   * {@code m = beta1 m + (1-beta1) g; v = beta2 v + (1-beta2) g²; p -= stepSize m / (sqrt(v) +
   * epsilon)}. Slots: m, v.
   */
  void rAdam(Chunk chunk, double beta1, double beta2, double stepSize, double epsilon);

  /**
   * The moments of {@link #adam}, then {@code p -= (gradientStep g + momentumStep m) / (sqrt(v)
   * rootScale + epsilon)}. Slots: m, v.
   */
  void nAdam(
      Chunk chunk,
      double beta1,
      double beta2,
      double gradientStep,
      double momentumStep,
      double rootScale,
      double epsilon);

  /**
   * {@code m = beta1 m + (1-beta1) g; u = max(beta2 u, |g| + epsilonInside); p -= stepSize m / (u +
   * epsilonOutside)}. Slots: m, u.
   */
  void adaMax(
      Chunk chunk,
      double beta1,
      double beta2,
      double stepSize,
      double epsilonInside,
      double epsilonOutside);

  /** {@code v = mu v + lr g; p -= lr g + mu v}. Slot: v. In scalar form everywhere. */
  default void nesterovRateInside(Chunk chunk, double learningRate, double mu) {
    while (chunk.next()) {
      RateInsideLoops.nesterov(chunk, learningRate, mu);
    }
  }

  /**
   * {@link #rmsPropMomentum}, or {@link #rmsPropCenteredMomentum}, with {@code b = mu b + lr d; p -=
   * b}. Slots: s, b or s, m, b. In scalar form everywhere.
   */
  default void rmsPropMomentumRateInside(
      Chunk chunk,
      double learningRate,
      double rho,
      double mu,
      double epsilonInside,
      double epsilonOutside,
      boolean centered) {
    while (chunk.next()) {
      RateInsideLoops.rmsProp(
          chunk, learningRate, rho, mu, epsilonInside, epsilonOutside, centered);
    }
  }

  /** The moments of {@link #rAdam}, then {@code p -= stepSize m}. Slots: m, v. */
  void rAdamUnrectified(Chunk chunk, double beta1, double beta2, double stepSize);

  /** {@code lane += |g|}. */
  void addAbsolute(NormChunk chunk);

  /** {@code lane += g²}. */
  void addSquares(NormChunk chunk);

  /** {@code lane = max(lane, |g|)}, NaN if either is. */
  void maxAbsolute(NormChunk chunk);
}
