/**
 * Layers with explicit backpropagation, a loss, and initializers: enough for the multilayer perceptrons and small
 * convolutional networks that exercise an optimizer. See {@link io.github.descent4j.nn.Sequential} for a first network.
 */
package io.github.descent4j.nn;
