package io.github.descent4j.internal.state;

/** The names in the JSON of state files that more than one class reads or writes. */
public final class StateFields {
  /** What a file has. */
  public static final String CONTENT = "content";

  /** The object of an optimizer: of the outermost in a file, and of each group. */
  public static final String OPTIMIZER = "optimizer";

  /** The content of an optimizer's file. */
  public static final String OPTIMIZER_STATE = "optimizer state";

  /** Which decorator an object is of. */
  public static final String DECORATOR = "decorator";

  /** The object of what a decorator decorates. */
  public static final String INSIDE = "inside";

  /** The parameters of an optimizer by name, and the content of a file of values. */
  public static final String PARAMETERS = "parameters";

  private StateFields() {}
}
