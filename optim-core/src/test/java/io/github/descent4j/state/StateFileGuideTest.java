package io.github.descent4j.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.schedule.ReduceOnPlateau;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Holds docs/state-files.md against the code; GuideTest runs its examples. */
class StateFileGuideTest {
  private static final Path GUIDE = Path.of("../docs/state-files.md");
  private static final Path FILE = Path.of("src/test/resources/state/version-1.npz");

  @TempDir
  private Path folder;

  /** The example of the guide; its file is kept, so that a change of the format is noticed. */
  private static Optimizer example() {
    ReduceOnPlateau plateau = ReduceOnPlateau.builder().learningRate(0.1).build();
    return new Adam().scheduled(plateau.schedule()).guarded(NonFinite.SKIP);
  }

  private static Parameters parameters() {
    INDArray w = Nd4j.linspace(1, 6, 6, DataType.FLOAT).reshape(2, 3);
    INDArray b = Nd4j.createFromArray(0.5, -0.5);
    return Parameters.of(Parameter.of("w", w, w.div(2)), Parameter.of("b/1", b, b.dup()));
  }

  @Test
  void theExampleStillHasTheBytesOfVersion1() {
    Optimizer optimizer = example();
    Parameters parameters = parameters();
    for (int step = 0; step < 3; step++) {
      optimizer.step(parameters);
    }
    Path file = folder.resolve("optimizer.npz");
    optimizer.state().save(file);
    assertThat(file).hasSameBinaryContentAs(FILE);
    Optimizer loaded = example();
    loaded.state().load(FILE, parameters);
    StateFileTest.assertSameState(loaded, optimizer);
  }

  @Test
  void theGuideShowsItsJson() throws IOException {
    assertThat(blocks("json")).containsExactly(StateFiles.json(FILE) + "\n");
  }

  @Test
  void theTableHasEveryOption() throws IOException {
    List<String> rows = Pattern.compile("^\\| `(ALLOW_\\w+)` \\|", Pattern.MULTILINE)
        .matcher(Files.readString(GUIDE))
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
    assertThat(rows)
        .containsExactlyElementsOf(
            Arrays.stream(LoadOption.values()).map(LoadOption::name).toList());
  }

  private static List<String> blocks(String language) throws IOException {
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(GUIDE))
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }
}
