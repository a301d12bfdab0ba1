/**
 * Constraints: projections onto sets, proximal maps, and penalties for constraints that are functions.
 *
 * <p>Begin at {@link io.github.descent4j.constraint.Projection}; {@link io.github.descent4j.Optimizer#projected} and {@link
 * io.github.descent4j.Optimizer#proximal} put one behind every step, {@link io.github.descent4j.batch.ProjectedGradient} behind those
 * of a batch method. What no projection describes is a {@link io.github.descent4j.constraint.Penalty}.
 */
package io.github.descent4j.constraint;
