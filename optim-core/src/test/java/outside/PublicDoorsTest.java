package outside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Adam;
import io.github.descent4j.Momentum;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerCase;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.decorator.AccumulatedOptimizer;
import io.github.descent4j.decorator.Decorator;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.decorator.StepContext;
import io.github.descent4j.state.StateFileException;
import io.github.descent4j.state.StateReader;
import io.github.descent4j.state.StateWriter;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What users can do from a package of their own. */
class PublicDoorsTest {
  private static final String LIBRARY = "io.github.descent4j.";

  @TempDir
  private Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatTwoOptimizersHaveInCommonHasAName(boolean plain) {
    var optimizer = plain ? new Sgd(0.1) : new Adam();
    assertThat(optimizer.steps()).isZero();
    assertThat(Stream.of(new Sgd(0.1), new Adam()).map(Optimizer::steps)).containsOnly(0L);
    assertThat(List.of(new Sgd(0.1), new Adam()).get(0).learningRate()).isEqualTo(0.1);
  }

  static List<OptimizerCase> cases() {
    return OptimizerCase.defaults();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void reflectionReachesEveryMethodOfARule(OptimizerCase optimizerCase) throws Exception {
    Class<?> rule = optimizerCase.create().get().getClass();
    Object builder = rule.getMethod("builder").invoke(null);
    Object same = builder.getClass().getMethod("learningRate", double.class).invoke(builder, 0.5);
    Object optimizer = builder.getClass().getMethod("build").invoke(same);
    // That of the step: some estimate a factor of it.
    assertThat(rule.getMethod("learningRate").invoke(optimizer))
        .isEqualTo(optimizerCase.withLearningRate().apply(0.5).learningRate());
    assertThat(rule.getMethod("steps").invoke(optimizer)).isEqualTo(0L);
  }

  @Test
  void whatAPublicClassInheritsIsPublicToo() throws Exception {
    for (Class<?> type : publicClasses()) {
      for (Method method : type.getMethods()) {
        assertThat(Modifier.isPublic(method.getDeclaringClass().getModifiers()))
            .as("%s of %s", method, type)
            .isTrue();
      }
    }
    assertThat(publicClasses())
        .contains(Adam.class, Adam.Builder.class, AccumulatedOptimizer.class);
  }

  @Test
  void noSignatureNeedsWhatIsInternal() throws Exception {
    for (Class<?> type : publicClasses()) {
      List<Class<?>> seen = new ArrayList<>(List.of(type.getInterfaces()));
      if (type.getSuperclass() != null) {
        seen.add(type.getSuperclass());
      }
      for (Constructor<?> constructor : type.getDeclaredConstructors()) {
        addTypes(constructor, seen);
      }
      for (Method method : type.getDeclaredMethods()) {
        addTypes(method, seen);
        if (isVisible(method.getModifiers())) {
          seen.add(method.getReturnType());
        }
      }
      for (Field field : type.getDeclaredFields()) {
        if (isVisible(field.getModifiers())) {
          seen.add(field.getType());
        }
      }
      for (Class<?> used : seen) {
        assertThat(used.getName()).as("%s", type).doesNotStartWith(LIBRARY + "internal");
      }
    }
  }

  private static void addTypes(Executable executable, List<Class<?>> types) {
    if (isVisible(executable.getModifiers())) {
      types.addAll(List.of(executable.getParameterTypes()));
      types.addAll(List.of(executable.getExceptionTypes()));
    }
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static List<Class<?>> publicClasses()
      throws IOException, URISyntaxException, ClassNotFoundException {
    Path classes = Path.of(
        Optimizer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Class<?>> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : (Iterable<Path>) files.sorted()::iterator) {
        String name =
            classes.relativize(file).toString().replace(file.getFileSystem().getSeparator(), ".");
        boolean api = name.endsWith(".class")
            && name.startsWith(LIBRARY)
            && !name.startsWith(LIBRARY + "internal")
            && !name.endsWith("package-info.class");
        if (api) {
          Class<?> type = Class.forName(
              name.substring(0, name.length() - ".class".length()),
              false,
              Optimizer.class.getClassLoader());
          if (Modifier.isPublic(type.getModifiers())) {
            found.add(type);
          }
        }
      }
    }
    return found;
  }

  /** Halves every gradient, and counts. */
  private static final class HalvingOptimizer extends Decorator {
    private long halvings;

    HalvingOptimizer(Optimizer inner) {
      super(inner);
    }

    @Override
    protected void check(StepContext context) {
      for (int i = 0; i < context.parameters().size(); i++) {
        context.scale(i, 0.5);
      }
      super.check(context);
    }

    @Override
    protected void commit(StepContext context) {
      super.commit(context);
      halvings++;
    }

    @Override
    protected String savedAs() {
      return "halving";
    }

    @Override
    protected void saveOwn(StateWriter out) {
      out.put("halvings", halvings);
      out.object("more").put("kind", "test");
      out.putSlot("w", "copy", Nd4j.createFromArray(1f, 2));
    }

    @Override
    protected void loadOwn(StateReader in) {
      long loaded = in.whole("halvings", 0);
      if (!in.object("more").text("kind").equals("test")) {
        throw in.object("more").bad("kind", "\"test\"");
      }
      INDArray copy = in.slot("w", "copy");
      if (copy.length() != 2) {
        throw in.problem("has a copy of length " + copy.length() + ", expected 2");
      }
      in.whenAllIsWell(() -> halvings = loaded);
    }

    @Override
    public String toString() {
      return inner() + ".halving()";
    }
  }

  @Test
  void aDecoratorOfOnesOwnStepsIsSavedAndIsAGroupLikeThoseOfTheLibrary() {
    INDArray w = Nd4j.createFromArray(1f, 2);
    INDArray gradient = Nd4j.createFromArray(4f, -4);
    Parameters parameters = Parameters.of(Parameter.of("w", w, gradient));
    HalvingOptimizer halving = new HalvingOptimizer(new Sgd(0.5));
    Optimizer optimizer = Optimizer.groups().otherwise(halving).build().guarded(NonFinite.SKIP);
    optimizer.step(parameters);
    assertThat(w.toFloatVector()).containsExactly(0, 3);
    assertThat(halving.halvings).isEqualTo(1);

    gradient.assign(Float.NaN);
    optimizer.step(parameters);
    assertThat(halving.halvings).isEqualTo(1);

    Path file = folder.resolve("state.npz");
    optimizer.state().save(file);
    HalvingOptimizer other = new HalvingOptimizer(new Sgd(0.5));
    Optimizer loaded = Optimizer.groups().otherwise(other).build().guarded(NonFinite.SKIP);
    loaded.state().load(file, parameters);
    assertThat(other.halvings).isEqualTo(1);
    assertThat(loaded.steps()).isEqualTo(1);
  }

  @Test
  void theirFilesDoNotFitOptimizersWithoutThem() {
    Parameters parameters =
        Parameters.of(Parameter.of("w", Nd4j.createFromArray(1f), Nd4j.createFromArray(1f)));
    Optimizer optimizer = new HalvingOptimizer(new Momentum());
    optimizer.step(parameters);
    Path file = folder.resolve("state.npz");
    optimizer.state().save(file);
    assertThatThrownBy(() -> new Momentum().state().load(file))
        .isInstanceOf(StateFileException.class)
        .hasMessageContaining("has the state of a decorator 'halving', expected none");
  }
}
