package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.CommandLineRun;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

@Tag("slow")
class LandscapeCommandTest {
  @TempDir
  private Path folder;

  @Test
  void drawsEachFunctionAndReddisExample() throws Exception {
    CommandLineRun run = run("--optimizer", "sgd", "adam", "--steps", "20");
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    for (String function :
        List.of("beale", "rosenbrock", "himmelblau", "rastrigin", "saddle", "quadratic")) {
      assertThat(run.out()).contains(function + ": 20 steps from (");
      List<String> texts = texts(folder.resolve(function + ".svg"));
      assertThat(texts).filteredOn(text -> text.startsWith("sgd ")).hasSize(3);
      assertThat(texts).filteredOn(text -> text.startsWith("adam ")).hasSize(3);
      assertThat(texts).filteredOn(text -> text.endsWith(" learning rates")).hasSize(3);
      assertThat(texts).contains("start");
    }
    assertThat(texts(folder.resolve("reddi.svg")))
        .contains("adam", "amsgrad", "yogi", "the worst point", "the best point");
    assertThat(files()).hasSize(7);
  }

  @Test
  void printsWhatItFound() {
    CommandLineRun run = run("--function", "quadratic", "--optimizer", "sgd");
    // 0.02 multiplies x by 0.98 a step: 8 * 0.98^(2n) is at most 0.001 from n = 223 on. 0.2
    // multiplies y by -15.
    assertThat(run.outLines())
        .containsExactly(
            "quadratic: 500 steps from (-4, 1), minimum at (0, 0)",
            "optimizer                  rate  arrival  final value  distance",
            "sgd         too small     0.002        -         1.08      1.47",
            "sgd         good           0.02      223     1.35e-08  0.000164",
            "sgd         too large       0.2  diverged     2.03e+06       225",
            folder.resolve("quadratic.svg").toString(),
            "");
  }

  @Test
  void drawsWhatTakesMatricesOrTwoGradients() {
    CommandLineRun run =
        run("--function", "quadratic", "--optimizer", "lars,muon,sam", "--steps", "50");
    assertThat(run.err()).isEmpty();
    assertThat(run.outLines())
        .anyMatch(line -> line.startsWith("lars        good "))
        .anyMatch(line -> line.startsWith("muon        good "))
        .anyMatch(line -> line.startsWith("sam         good "));
  }

  @Test
  void refusesWhatHasNoRate() {
    CommandLineRun run = run("--optimizer", "lbfgs");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errLines().get(0))
        .isEqualTo("error: --optimizer is lbfgs, expected one with a learning rate");
  }

  /** Newton's first step on a quadratic is the last: an evaluation at either end. A step of SGD evaluates once. */
  @Test
  void countsEvaluationsOfBatchMethods() throws Exception {
    CommandLineRun run = run("--function", "quadratic", "--optimizer", "sgd", "--batch");
    assertThat(run.err()).isEmpty();
    assertThat(run.outLines())
        .contains(
            "quadratic: by evaluations of value and gradient",
            "method             arrival       all  final value",
            "newton                   2         2            0",
            "sgd 0.02               223       500     1.35e-08",
            folder.resolve("quadratic-batch.svg").toString());
    assertThat(texts(folder.resolve("quadratic-batch.svg")))
        .contains("Quadratic: batch methods", "newton         2 evaluations")
        .anyMatch(text -> text.startsWith("bfgs "))
        .anyMatch(text -> text.startsWith("lbfgs "))
        .anyMatch(text -> text.startsWith("cg "))
        .anyMatch(text -> text.startsWith("armijo "))
        .contains("sgd 0.02       223 evaluations");
  }

  @Test
  void printsTheSameAgain() {
    String[] options = {"--function", "himmelblau", "--steps", "50"};
    assertThat(run(options)).isEqualTo(run(options));
  }

  @Test
  void onlyTheFunctionsAskedForAreDrawn() throws IOException {
    run("--function", "SADDLE", "--function", "saddle,beale", "--steps", "5");
    assertThat(files()).containsExactly("beale.svg", "saddle.svg");
  }

  @Test
  void picturesMayBePngAndMove() throws IOException {
    CommandLineRun run =
        run("--function", "saddle", "--format", "png", "--animation", "--steps", "10");
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("saddle.png", "animation.gif");
    BufferedImage image = ImageIO.read(folder.resolve("saddle.png").toFile());
    assertThat(image.getWidth()).isGreaterThan(2000);
    assertThat(ImageIO.read(folder.resolve("animation.gif").toFile())).isNotNull();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          --function ackley | Invalid value for option '--function' at index 0 (NAME): expected beale, himmelblau, quadratic, \
          rastrigin, rosenbrock or saddle but was 'ackley'
          --format pdf      | Invalid value for option '--format': expected png or svg but was 'pdf'
          --steps 0         | --steps is 0, expected 1 to 10000
          --steps 10001     | --steps is 10001, expected 1 to 10000
          --steps x         | Invalid value for option '--steps': 'x' is not an int
          """)
  void wrongUsage(String options, String message) throws IOException {
    CommandLineRun run = run(options.split(" "));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errLines())
        .containsExactly("error: " + message, "Usage: mnist-example landscape [OPTIONS]");
    assertThat(files()).isEmpty();
  }

  @Test
  void anOutputThatIsAFileIsOneLine() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "not a directory");
    CommandLineRun run = CommandLineRun.of("landscape", "--output", file.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.errLines()).hasSize(1);
    assertThat(run.err())
        .isEqualToIgnoringNewLines(
            "error: " + file + ": expected a directory that can be written to, found a file");
    assertThat(file).hasContent("not a directory");
  }

  @Test
  void aPictureThatCannotBeWrittenIsOneLine() throws IOException {
    Files.createDirectory(folder.resolve("saddle.svg"));
    CommandLineRun run = run("--function", "saddle", "--steps", "5");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.errLines()).hasSize(1);
    assertThat(run.err())
        .startsWith("error: " + folder.resolve("saddle.svg") + ": cannot be written: ")
        .doesNotContain("Exception");
  }

  @Test
  void helpFitsATerminal() {
    CommandLineRun run = CommandLineRun.of("landscape", "--help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.outLines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    assertThat(run.out())
        .contains(
            "--function",
            "--optimizer",
            "--steps",
            "--output",
            "--format",
            "--animation",
            "beale, rosenbrock, himmelblau, rastrigin, saddle,");
  }

  private CommandLineRun run(String... options) {
    List<String> args = new ArrayList<>(List.of("landscape", "--output", folder.toString()));
    args.addAll(Arrays.asList(options));
    return CommandLineRun.of(args.toArray(new String[0]));
  }

  private List<String> files() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** Parses the file, which fails if it is not XML. */
  private static List<String> texts(Path file)
      throws IOException, ParserConfigurationException, SAXException {
    DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    // Of the document type, which is on a server.
    builder.setEntityResolver((publicId, systemId) -> new InputSource(new StringReader("")));
    Document document = builder.parse(file.toFile());
    Element root = document.getDocumentElement();
    assertThat(root.getTagName()).isEqualTo("svg");
    assertThat(Integer.parseInt(root.getAttribute("width"))).isGreaterThan(500);
    NodeList nodes = document.getElementsByTagName("text");
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      texts.add(nodes.item(i).getTextContent());
    }
    return texts;
  }
}
