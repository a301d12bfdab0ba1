/** A training as it goes: epochs, evaluation, checkpoints. */
package io.github.descent4j.mnist.run;
