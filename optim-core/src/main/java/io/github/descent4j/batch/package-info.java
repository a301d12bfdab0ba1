/**
 * Batch methods: minimizers of smooth functions that are evaluated whole, with line searches.
 *
 * <p>Begin at {@link io.github.descent4j.batch.Minimizer}. The methods, in order of increasing complexity: {@link
 * io.github.descent4j.batch.GradientDescent}, {@link io.github.descent4j.batch.ConjugateGradient}, {@link
 * io.github.descent4j.batch.Bfgs}, {@link io.github.descent4j.batch.LBfgs}, {@link io.github.descent4j.batch.Newton}, {@link
 * io.github.descent4j.batch.NewtonCg}; with an L1 penalty {@link io.github.descent4j.batch.OwlQn}, over a set {@link
 * io.github.descent4j.batch.ProjectedGradient} and {@link io.github.descent4j.batch.ProjectedLBfgs}; on mini-batches {@link
 * io.github.descent4j.batch.LBfgsOptimizer}.
 *
 * <p>Sources that the classes name: Nocedal and Wright, <i>Numerical Optimization</i>, 2nd edition, 2006 (N&amp;W); others in full.
 */
package io.github.descent4j.batch;
