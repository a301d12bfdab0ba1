package io.github.descent4j;

/**
 * What a step does to the rows that a {@link RowGradient} does not have.
 *
 * <pre>{@code
 * Optimizer optimizer = Adam.builder().rowUpdate(RowUpdate.EXACT).build();
 * }</pre>
 */
public enum RowUpdate {
  /**
   * Nothing: value and slots of such a row wait for its next gradient, and its moments do not decay. The cost is that of
   * the rows that the gradient has. For Adam this is PyTorch's SparseAdam.
   */
  LAZY,

  /**
   * What a gradient of 0 would do, but later: the steps that a row has missed are replayed when it next has a gradient, or
   * in {@link Optimizer#catchUp}. The bits are those of a dense gradient with zeros.
   */
  EXACT
}
