/** What TensorBoard shows of a run. */
package io.github.descent4j.mnist.tensorboard;
