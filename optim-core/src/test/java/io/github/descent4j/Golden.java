package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Reads the golden files; their format is in {@code golden/README.md}. */
public final class Golden {
  public static final Path FOLDER = Path.of("src/test/resources/golden");

  private static final JsonMapper MAPPER = new JsonMapper();

  private Golden() {}

  /** The names, without ending, of the golden files of a folder. */
  public static List<String> names(String folder) {
    try (Stream<Path> files = Files.list(FOLDER.resolve(folder))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".json"))
          .map(name -> name.substring(0, name.length() - ".json".length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static JsonNode read(String file) {
    try {
      return MAPPER.readTree(FOLDER.resolve(file).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A number, or NaN or an infinity as a string. */
  public static double number(JsonNode node) {
    return node.isTextual() ? Double.parseDouble(node.textValue()) : node.doubleValue();
  }

  public static double[] numbers(JsonNode array) {
    double[] numbers = new double[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(array.get(i));
    }
    return numbers;
  }

  /** The rule for schedules: 1e-12 relative, 1e-15 absolute. */
  public static boolean close(double actual, double expected) {
    return Math.abs(actual - expected) <= 1e-12 * Math.abs(expected) + 1e-15;
  }

  /** A shape, or any other list of whole numbers. */
  public static long[] shape(JsonNode array) {
    long[] shape = new long[array.size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = array.get(i).longValue();
    }
    return shape;
  }

  public static INDArray array(DataType type, long[] shape, double[] numbers) {
    return Nd4j.create(numbers, shape, 'c').castTo(type);
  }

  /** {@code |actual - expected| <= rtol |expected| + atol}, element by element; NaN equals NaN. */
  public static void assertClose(
      String what, INDArray actual, double[] expected, double rtol, double[] atol) {
    assertThat(actual.length()).as("%s: length", what).isEqualTo(expected.length);
    double[] numbers = numbers(actual);
    for (int i = 0; i < expected.length; i++) {
      double tolerance = rtol * Math.abs(expected[i]) + atol[atol.length == 1 ? 0 : i];
      boolean close = Double.compare(numbers[i], expected[i]) == 0
          || Math.abs(numbers[i] - expected[i]) <= tolerance;
      assertThat(close)
          .as("%s[%d] is %s, expected %s +- %s", what, i, numbers[i], expected[i], tolerance)
          .isTrue();
    }
  }

  /** The elements in 'c' order. */
  public static double[] numbers(INDArray array) {
    return array.isEmpty() ? new double[0] : array.dup('c').data().asDouble();
  }
}
