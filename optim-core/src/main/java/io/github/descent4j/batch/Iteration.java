package io.github.descent4j.batch;

/**
 * Where a {@link Minimizer} was after an iteration.
 *
 * @param number of the iteration; 0 is the start
 * @param value of the function there
 * @param gradientNorm norm of the gradient there, or of what the method has in its place
 * @param stepLength the factor of the direction that led there, the radius of a trust region, 0 at the start
 * @param evaluations so far, of value and gradient together
 */
public record Iteration(
    int number, double value, double gradientNorm, double stepLength, int evaluations) {}
