package io.github.descent4j.spark;

import io.github.descent4j.Optimizer;
import java.io.Serializable;

/**
 * Makes the optimizer of local steps, for each shard and round anew.
 *
 * <pre>{@code
 * OptimizerSource inner = () -> new AdamW(1e-3).clipped(GradientClip.byGlobalNorm(1.0));
 * }</pre>
 */
@FunctionalInterface
public interface OptimizerSource extends Serializable {

  /** A new optimizer, in its first state. */
  Optimizer create();
}
