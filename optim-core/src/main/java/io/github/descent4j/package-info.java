/**
 * Optimizers over ND4J arrays for code that has its own gradients.
 *
 * <p>Begin at {@link io.github.descent4j.Optimizer}. The update rules, in order of increasing
 * complexity: {@link io.github.descent4j.Sgd}, {@link io.github.descent4j.Momentum}, {@link
 * io.github.descent4j.Nesterov}, {@link io.github.descent4j.AdaGrad}, {@link
 * io.github.descent4j.RmsProp}, {@link io.github.descent4j.AdaDelta}, {@link
 * io.github.descent4j.Adam}, {@link io.github.descent4j.AdamW}, {@link io.github.descent4j.AmsGrad}, {@link io.github.descent4j.Yogi}, {@link io.github.descent4j.RAdam}, {@link io.github.descent4j.NAdam}, {@link io.github.descent4j.AdaMax}.
 */
package io.github.descent4j;
