package io.github.descent4j.internal.program;

import io.github.descent4j.internal.program.Program.Pass;

/** The loops of one rule, each made when a step first needs it. */
public final class RuleLoops {
  private final Description description;
  private final Loops loops = Loops.chosen();

  // By choices of the step, and preparation.
  private final ProgramLoops[][] updates;
  private final ProgramLoops[][] norms;

  /** Of a rule. */
  public RuleLoops(Description description) {
    this.description = description;
    updates = new ProgramLoops[1 << description.choiceCount()][];
    norms = new ProgramLoops[updates.length][];
  }

  /**
   * Finds or makes the loops of a step.
   *
   * @param variant the step's choices, as {@link Description#variant}
   * @param preparation bits of {@link Preparation}
   * @param wide whether the elements are doubles
   * @param dense whether the elements follow one another in memory, in the order of the step
   * @throws IllegalStateException if a class cannot be made
   */
  public ProgramLoops of(Pass pass, int variant, int preparation, boolean wide, boolean dense) {
    ProgramLoops[][] ofPass = pass == Pass.UPDATE ? updates : norms;
    if (ofPass[variant] == null) {
      ofPass[variant] = new ProgramLoops[Preparation.COMBINATIONS];
    }
    ProgramLoops found = ofPass[variant][preparation];
    if (found == null) {
      found = new ProgramLoops(Program.of(description, variant, preparation, pass), loops);
      ofPass[variant][preparation] = found;
    }
    found.make(wide, dense);
    return found;
  }

  /** The arithmetic of a step, as text: that of each choice where there are choices. */
  public String text() {
    StringBuilder text = new StringBuilder();
    int variants = 1 << description.choiceCount();
    for (int variant = variants - 1; variant >= 0; variant--) {
      text.append(text.length() == 0 ? "" : "\nor\n")
          .append(Program.of(description, variant, 0, Pass.UPDATE));
    }
    return text.toString();
  }
}
