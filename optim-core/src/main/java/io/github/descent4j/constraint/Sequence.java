package io.github.descent4j.constraint;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Parameters;

/** One map, and then another. */
class Sequence implements ProximalMap {
  private final ProximalMap first;
  private final ProximalMap next;

  Sequence(ProximalMap first, ProximalMap next) {
    this.first = first;
    this.next = requireNonNull(next, "next is null, expected a map");
  }

  @Override
  public void requireFit(Parameters parameters) {
    first.requireFit(parameters);
    next.requireFit(parameters);
  }

  @Override
  public void apply(Parameters parameters, double step) {
    first.apply(parameters, step);
    next.apply(parameters, step);
  }

  @Override
  public String toString() {
    return first + ".then(" + next + ")";
  }

  /** Of projections. */
  static final class Projecting extends Sequence implements Projection {

    Projecting(Projection first, Projection next) {
      super(first, next);
    }

    @Override
    public void project(Parameters parameters) {
      apply(parameters, 1);
    }
  }
}
