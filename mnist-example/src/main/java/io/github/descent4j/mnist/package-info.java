/**
 * The MNIST trainer: the data, the networks and the command line.
 *
 * <p>{@link io.github.descent4j.mnist.Main} is the command with its exit statuses. A subcommand is a class of its own, and
 * shares options with others as a mixin ({@code OptimizerOptions}).
 */
package io.github.descent4j.mnist;
