package io.github.descent4j.health;

/**
 * What a {@link GradientMonitor} has last observed of one parameter; immutable.
 *
 * <pre>{@code
 * for (ParameterHealth health : monitor.health()) {
 *   System.out.println(health.name() + " " + health.updateRatio());
 * }
 * }</pre>
 *
 * @param name the parameter's
 * @param step the step of the observation, from 1
 * @param gradientNorm the L2 norm of the gradient; not finite where an element is not
 * @param gradientRms the same over the root of the number of elements, which compares parameters of
 *     different sizes; 0 where there is none
 * @param parameterNorm the L2 norm of the parameter before the step
 * @param updateRatio the L2 norm of the parameter's change in this step over {@code parameterNorm};
 *     NaN where that is 0 or no step was taken. About 1e-3 is a rule of thumb for weights (Karpathy,
 *     CS231n)
 * @param verdict of the monitor
 * @param since the first step of the verdict
 */
public record ParameterHealth(
    String name,
    long step,
    double gradientNorm,
    double gradientRms,
    double parameterNorm,
    double updateRatio,
    GradientVerdict verdict,
    long since) {}
