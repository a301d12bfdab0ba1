package io.github.descent4j.batch;

/**
 * Chooses how far to go along a direction of descent.
 *
 * <p>The library's: {@link FixedStep}, {@link Backtracking} (Armijo), {@link MoreThuente} (strong Wolfe) and {@link HagerZhang}
 * (approximate Wolfe). Implementations are immutable. One of your own is a lambda:
 *
 * <pre>{@code
 * LineSearch once = (function, value, slope, suggested) ->
 *     new LineSearchResult(suggested, function.value(suggested), 1, LineSearchResult.Status.FOUND);
 * }</pre>
 */
@FunctionalInterface
public interface LineSearch {

  /**
   * Searches.
   *
   * @param function along the ray
   * @param value phi(0)
   * @param slope phi'(0), below 0
   * @param suggested the first step to try, above 0: for methods that know their scale 1
   */
  LineSearchResult search(LineFunction function, double value, double slope, double suggested);
}
