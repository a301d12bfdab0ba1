/** The command that trains MNIST on Spark. */
package io.github.descent4j.mnist.spark;
