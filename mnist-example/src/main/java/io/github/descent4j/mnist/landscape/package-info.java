/**
 * How the optimizers go downhill on functions of two variables, as pictures.
 *
 * <p>{@link io.github.descent4j.mnist.landscape.Study} finds a good learning rate for each optimizer on a
 * {@link io.github.descent4j.mnist.landscape.TestFunction} and runs it with that, a smaller and a larger one;
 * {@link io.github.descent4j.mnist.landscape.Picture} and {@link io.github.descent4j.mnist.landscape.Animation} draw
 * what came out. {@link io.github.descent4j.mnist.landscape.ReddiExample} is the sum of losses on which Adam fails.
 */
package io.github.descent4j.mnist.landscape;
