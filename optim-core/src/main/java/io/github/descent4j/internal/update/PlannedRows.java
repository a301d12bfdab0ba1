package io.github.descent4j.internal.update;

/**
 * The rows that an update of a parameter is about. Their elements are counted row by row, as in the block of the
 * gradient.
 */
public final class PlannedRows {
  private final long[] rows;
  private final int[] places;
  private final long width;
  private final RowHistory history;

  /** The step under way, to be added to the history; null if none is kept. */
  private final RowHistory.PastStep step;

  /**
   * Of a step or of rows that catch up.
   *
   * @param rows ascending, null for all
   * @param places of each row's gradient among those given, null if they are in the order of the rows
   * @param width elements of a row
   * @param history null if rows that have missed steps go on from where they are
   * @param step what is added to the history, null where rows only catch up or there is no history
   */
  public PlannedRows(
      long[] rows, int[] places, long width, RowHistory history, RowHistory.PastStep step) {
    this.rows = rows;
    this.places = places;
    this.width = width;
    this.history = history;
    this.step = step;
  }

  /** The steps that rows may have missed, null if none are kept. */
  public RowHistory history() {
    return history;
  }

  /** Adds the step, which these rows have taken. */
  public void remember() {
    history.add(step, rows);
  }

  long width() {
    return width;
  }

  /** Where, in the parameter, a row begins: its place among these rows is given. */
  long beginOfRow(long place) {
    return rowAt(place) * width;
  }

  /** Where, in what was given, the gradient of a row begins: its place among these rows is given. */
  long beginOfGradient(long place) {
    return (places == null ? place : places[(int) place]) * width;
  }

  /** The first of the steps in the history that the row of an element has missed. */
  int firstMissed(long element) {
    return history == null ? 0 : history.taken(row(element));
  }

  /** Behind the last step of the history. */
  int endOfMissed() {
    return history == null ? 0 : history.size();
  }

  /** How many elements, of the first n from one on, are of rows that have missed the same steps. */
  int alike(long from, int n) {
    if (history == null || history.size() == 0) {
      return n;
    }
    int missed = firstMissed(from);
    long at = from;
    while (at < from + n && firstMissed(at) == missed) {
      at += width - at % width;
    }
    return (int) Math.min(n, at - from);
  }

  private long row(long element) {
    return rowAt(element / width);
  }

  private long rowAt(long place) {
    return rows == null ? place : rows[(int) place];
  }
}
