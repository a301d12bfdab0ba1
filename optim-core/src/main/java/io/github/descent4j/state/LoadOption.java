package io.github.descent4j.state;

/**
 * A difference between a file and what it is loaded into that is allowed; without options any is an
 * error.
 *
 * <pre>{@code
 * optimizer.state().load(file, parameters, LoadOption.ALLOW_EXTRA_PARAMETERS);
 * }</pre>
 */
public enum LoadOption {

  /**
   * The model has parameters that the file has not: a state starts them at their first step, a value
   * stays as it is.
   */
  ALLOW_MISSING_PARAMETERS,

  /** The file has parameters that the model has not: they are left out. */
  ALLOW_EXTRA_PARAMETERS,

  /** The learning rate the optimizer was made with is another: its own holds. */
  ALLOW_OTHER_LEARNING_RATE,

  /**
   * Hyperparameters, the learning rate and the settings of decorators and groups among them, are
   * others: the optimizer's own hold.
   */
  ALLOW_OTHER_HYPERPARAMETERS,

  /**
   * The optimizer has decorators with a state that the file has not: they stay as they are. Or the
   * file has more: their state is left out.
   */
  ALLOW_OTHER_DECORATORS
}
