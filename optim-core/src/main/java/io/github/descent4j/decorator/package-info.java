/**
 * Optimizers around optimizers: what the methods of {@link io.github.descent4j.Optimizer} return, and their
 * settings.
 *
 * <p>Everything that steps here does so in two halves ({@link io.github.descent4j.decorator.TwoPhaseOptimizer}),
 * so that a step of several that fails in one changes none. A decorator of your own extends {@link
 * io.github.descent4j.decorator.Decorator}; what travels inwards through them is a {@link
 * io.github.descent4j.decorator.StepContext}.
 */
package io.github.descent4j.decorator;
