package io.github.descent4j.nn;

/**
 * A layer that several threads can work on, each with rows of a batch of its own. In a {@link Sequential} whose layers all are, a batch is
 * cut into shards that run at the same time; one layer that is not makes the network run every batch in one piece.
 *
 * <p>What it takes: an example's output and input gradient depend on that example alone, and the parameters' gradients are sums over the
 * examples, with nothing added that does not come from them. The shards' gradients are added; the loss's mean is over the whole
 * batch already.
 *
 * <pre>{@code
 * public Splittable split() {
 *   return new MyLayer(name, weight); // the same array of values, another one of gradients
 * }
 * }</pre>
 */
public interface Splittable extends Layer {

  /**
   * Makes a layer for another shard. It shares with this one nothing that a pass writes to.
   *
   * @return a new layer: its {@link #parameters} have the same names, the same arrays as values, and gradients of their own; where it draws
   *     random numbers, it draws others, which follow from this layer's seed or, after {@link #reseed}, from that
   */
  Splittable split();
}
