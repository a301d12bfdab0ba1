/** Training of a network over shuffled mini-batches; {@link io.github.descent4j.nn.train.Trainer} is the entry. */
package io.github.descent4j.nn.train;
