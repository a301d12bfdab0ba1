package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** How a decorator with numbers and arrays of its own takes part in state files. */
class DecoratorStateTest {
  @TempDir
  private Path folder;

  private Path file;

  @BeforeEach
  void nameAFile() {
    file = folder.resolve("state.npz");
  }

  @Test
  void numbersAndArraysComeBackFromEveryDepth() {
    Summing saved = summing();
    saved.step(model("w", "a/b"));
    saved.step(model("w"));
    saved.state().save(file);
    assertThat(StateFiles.entries(file).keySet())
        .contains("w/summing.sum.npy", "w/summing.2.sum.npy", "a%2Fb/summing.2.sum.npy", "w/v.npy");

    Summing loaded = summing();
    loaded.state().load(file, model("w", "a/b"));
    assertSame(loaded, saved);
    assertSame(
        (Summing) ((Decorator) loaded.inner).inner, (Summing) ((Decorator) saved.inner).inner);
    StateFileTest.assertSameState(loaded, saved);
  }

  @Test
  void arraysOfExtraParametersAreLeftOutWithThem() {
    Summing saved = summing();
    saved.step(model("w", "a/b"));
    saved.state().save(file);
    Summing loaded = summing();
    loaded.state().load(file, model("w"), LoadOption.ALLOW_EXTRA_PARAMETERS);
    assertThat(loaded.sums).containsOnlyKeys("w");
    assertThatThrownBy(() -> summing().state().load(file, model("w")))
        .isInstanceOf(StateFileException.class)
        .hasMessageContaining("has a parameter 'a/b' that the model has not");
  }

  @Test
  void aDamagedArrayOfOneLeavesAllAlone() {
    Summing saved = summing();
    saved.step(model("w"));
    saved.state().save(file);
    StateFiles.edit(file, "w/summing.2.sum.npy", "(2,)", "(1,)");
    Summing loaded = summing();
    assertThatThrownBy(() -> loaded.state().load(file))
        .isInstanceOf(StateFileException.class)
        .hasMessageContaining("has an entry 'w/summing.2.sum.npy' that has shape [1]");
    assertThat(loaded.sums).isEmpty();
    assertThat(loaded.steps()).isZero();
  }

  private static void assertSame(Summing actual, Summing expected) {
    assertThat(actual.calls).isEqualTo(expected.calls);
    assertThat(actual.sums).containsOnlyKeys(expected.sums.keySet());
    expected.sums.forEach(
        (name, sum) -> TestArrays.assertSameBits(name, actual.sums.get(name), sum));
  }

  private static Summing summing() {
    return new Summing(new Summing(new Momentum(0.5)).scheduled(step -> 0.25));
  }

  private static Parameters model(String... names) {
    Parameter[] parameters = new Parameter[names.length];
    for (int i = 0; i < names.length; i++) {
      parameters[i] = Parameter.of(names[i], Nd4j.ones(2), Nd4j.createFromArray(0.5f, i));
    }
    return Parameters.of(parameters);
  }

  /** Sums the gradients it has seen. */
  private static final class Summing extends Decorator {
    private static final String CALLS = "calls";
    private static final String SUM = "sum";

    private long calls;
    private final Map<String, INDArray> sums = new LinkedHashMap<>();

    Summing(Optimizer inner) {
      super(inner);
    }

    @Override
    void check(StepContext context) {
      beginInner(context);
    }

    @Override
    void commit(StepContext context) {
      finishInner(context);
      calls++;
      for (Parameter parameter : context.parameters()) {
        sums.merge(parameter.name(), parameter.gradient().dup(), INDArray::addi);
      }
    }

    @Override
    String savedAs() {
      return "summing";
    }

    @Override
    void saveOwn(StateWriter out) {
      out.put(CALLS, calls);
      sums.forEach((name, sum) -> out.putArray(name, SUM, sum));
    }

    @Override
    void loadOwn(StateReader in) {
      long loadedCalls = in.fields().whole(CALLS, 0);
      Map<String, INDArray> loaded = new LinkedHashMap<>();
      in.parameters().forEach(name -> loaded.put(name, in.array(name, SUM)));
      in.whenAllIsWell(() -> {
        calls = loadedCalls;
        sums.clear();
        sums.putAll(loaded);
      });
    }

    @Override
    public String toString() {
      return inner + ".summing()";
    }
  }
}
