package io.github.descent4j.nn;

import io.github.descent4j.internal.program.Description;
import io.github.descent4j.internal.program.Expression;
import io.github.descent4j.internal.program.Program;
import io.github.descent4j.internal.program.Program.Pass;
import java.util.function.BiConsumer;

/**
 * The arithmetic on elements of the same place, described once for both types and compiled when it is first needed, by the generator of the
 * update rules' loops. A call costs some tens of nanoseconds more than that of a method: what runs over a few elements is not here.
 */
abstract class ElementwiseLoops<A> implements Loops<A> {

  /** A formula, compiled for one type. */
  interface Compiled {

    /** Computes the first n elements of blocks, with one number beside them. */
    void run(int n, double number, Object... blocks);
  }

  /** A formula over some blocks: what it sets, by their places. */
  private final class Formula {
    private final String name;
    private final int blocks;
    private final BiConsumer<Description, Expression[]> text;
    private volatile Compiled compiled;

    Formula(String name, int blocks, BiConsumer<Description, Expression[]> text) {
      this.name = name;
      this.blocks = blocks;
      this.text = text;
    }

    Compiled get() {
      Compiled known = compiled;
      if (known == null) {
        known = compile(program());
        compiled = known;
      }
      return known;
    }

    private Program program() {
      Description description = new Description(name);
      Expression[] inputs = new Expression[blocks];
      for (int i = 0; i < blocks; i++) {
        inputs[i] = description.input(i < Description.SLOTS ? i : description.slot("block" + i));
      }
      text.accept(description, inputs);
      return Program.of(description, 0, 0, Pass.UPDATE);
    }
  }

  private final Formula relu =
      new Formula("relu", 1, (d, e) -> d.set(0, d.maximum(e[0], d.constant(0))));

  /** No y is negative, so that its sign is 0 or 1: a comparison would keep C2 from vectorizing. */
  private final Formula reluGradient =
      new Formula("relu_gradient", 2, (d, e) -> d.set(1, d.multiply(e[1], d.sign(e[0]))));

  private final Formula sigmoidGradient = new Formula(
      "sigmoid_gradient",
      2,
      (d, e) -> d.set(1, d.multiply(e[1], d.multiply(e[0], d.subtract(d.constant(1), e[0])))));

  private final Formula tanhGradient = new Formula(
      "tanh_gradient",
      2,
      (d, e) -> d.set(1, d.multiply(e[1], d.subtract(d.constant(1), d.multiply(e[0], e[0])))));

  private final Formula max = new Formula("max", 2, (d, e) -> d.set(0, d.maximum(e[0], e[1])));

  private final Formula maxDistance = new Formula("max_distance", 3, (d, e) -> {
    d.set(0, d.maximum(e[0], d.absolute(d.subtract(e[1], e[2]))));
  });

  private final Formula countBelow = new Formula("count_below", 3, (d, e) -> {
    Expression isBelow = d.sign(d.subtract(e[1], e[0]));
    d.set(2, d.multiply(isBelow, d.add(e[2], d.constant(1))));
  });

  private final Formula multiply = new Formula(
      "multiply", 1, (d, e) -> d.set(0, d.multiply(e[0], d.number("factor", () -> 1, false))));

  private final Formula addDeviations = new Formula("add_deviations", 4, (d, e) -> {
    Expression deviation = d.subtract(e[0], e[1]);
    d.set(2, d.add(e[2], deviation));
    d.set(3, d.add(e[3], d.multiply(deviation, deviation)));
  });

  private final Formula addProducts = new Formula("add_products", 5, (d, e) -> {
    d.set(3, d.add(e[3], e[0]));
    d.set(4, d.add(e[4], d.multiply(e[0], d.subtract(e[1], e[2]))));
  });

  private final Formula normalize = new Formula(
      "normalize", 4, (d, e) -> d.set(0, d.add(d.multiply(d.subtract(e[0], e[1]), e[2]), e[3])));

  private final Formula normalizeGradient = new Formula("normalize_gradient", 6, (d, e) -> {
    Expression ofInput = d.multiply(d.subtract(e[1], e[2]), e[4]);
    d.set(0, d.add(d.add(d.multiply(e[0], e[3]), ofInput), e[5]));
  });

  /** The loop of a program for this type. */
  abstract Compiled compile(Program program);

  @Override
  public final void relu(A y, int n) {
    relu.get().run(n, 0, y);
  }

  @Override
  public final void reluGradient(A y, A dy, int n) {
    reluGradient.get().run(n, 0, y, dy);
  }

  @Override
  public final void sigmoidGradient(A y, A dy, int n) {
    sigmoidGradient.get().run(n, 0, y, dy);
  }

  @Override
  public final void tanhGradient(A y, A dy, int n) {
    tanhGradient.get().run(n, 0, y, dy);
  }

  @Override
  public final void max(A y, A x, int n) {
    max.get().run(n, 0, y, x);
  }

  @Override
  public final void maxDistance(A spread, A x, A center, int n) {
    maxDistance.get().run(n, 0, spread, x, center);
  }

  @Override
  public final void countBelow(A x, A y, A count, int n) {
    countBelow.get().run(n, 0, x, y, count);
  }

  @Override
  public final void multiply(A a, double factor, int n) {
    multiply.get().run(n, factor, a);
  }

  @Override
  public final void addDeviations(A x, A center, A sum, A squares, int n) {
    addDeviations.get().run(n, 0, x, center, sum, squares);
  }

  @Override
  public final void addProducts(A dy, A x, A center, A sum, A products, int n) {
    addProducts.get().run(n, 0, dy, x, center, sum, products);
  }

  @Override
  public final void normalize(A x, A center, A scale, A shift, int n) {
    normalize.get().run(n, 0, x, center, scale, shift);
  }

  @Override
  public final void normalizeGradient(A dy, A x, A center, A scale, A slope, A shift, int n) {
    normalizeGradient.get().run(n, 0, dy, x, center, scale, slope, shift);
  }
}
