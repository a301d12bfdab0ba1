package io.github.descent4j.state;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.github.descent4j.Adam;
import io.github.descent4j.Golden;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerState;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.TestArrays;
import io.github.descent4j.decorator.GuardedOptimizer;
import io.github.descent4j.decorator.NonFinite;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** No damage and no malice makes a load wrong, or changes anything. */
@Tag("slow")
class StateFileDamageTest {
  @TempDir
  private Path folder;

  private Path file;
  private byte[] sound;
  private final Optimizer saved = new Adam().guarded(NonFinite.SKIP);
  private final GuardedOptimizer loading = new Adam().guarded(NonFinite.SKIP);
  private String before;

  @BeforeEach
  void saveAState() throws IOException {
    file = folder.resolve("state.npz");
    for (int step = 0; step < 3; step++) {
      saved.step(model(0.5f));
    }
    saved.state().save(file);
    sound = Files.readAllBytes(file);
    loading.step(model(-4));
    before = describe(loading);
  }

  private static Parameters model(float gradient) {
    INDArray w = Nd4j.createFromArray(1f, -2, 3, 4).reshape(2, 2);
    INDArray b = Nd4j.createFromArray(1.0, 2.0);
    return Parameters.of(
        Parameter.of("w", w, Nd4j.valueArrayOf(new long[] {2, 2}, gradient).castTo(w.dataType())),
        Parameter.of("b", b, Nd4j.valueArrayOf(new long[] {2}, gradient).castTo(b.dataType())));
  }

  /** All that a load could have changed. */
  private static String describe(Optimizer optimizer) {
    OptimizerState state = optimizer.state();
    StringBuilder text = new StringBuilder().append(optimizer.steps());
    for (String name : state.parameters()) {
      text.append(name).append(state.steps(name));
      for (String slot : state.slots(name)) {
        INDArray array = state.slot(name, slot);
        text.append(Arrays.toString(array.shape())).append(Arrays.toString(TestArrays.bits(array)));
      }
    }
    return text.toString();
  }

  @Test
  void everyTruncationIsAnError() throws IOException {
    for (int length = 0; length < sound.length; length++) {
      Files.write(file, Arrays.copyOf(sound, length));
      int kept = length;
      assertThatThrownBy(() -> loading.state().load(file))
          .as("the first %d of %d bytes", kept, sound.length)
          .isInstanceOf(StateFileException.class)
          .hasMessageStartingWith("state file " + file + " ");
      assertThat(describe(loading)).isEqualTo(before);
    }
  }

  /** A bit of each byte. Some bits of a zip, such as dates, matter to nobody: with them the state must be right. */
  @Test
  void aFlippedBitOfAnyByteIsAnErrorOrHarmless() throws IOException {
    String right = describe(saved);
    int errors = 0;
    for (int i = 0; i < sound.length; i++) {
      int bit = i % Byte.SIZE;
      byte[] damaged = sound.clone();
      damaged[i] ^= (byte) (1 << bit);
      Files.write(file, damaged);
      GuardedOptimizer optimizer = new Adam().guarded(NonFinite.SKIP);
      try {
        optimizer.state().load(file);
        assertThat(describe(optimizer)).as("bit %d of byte %d", bit, i).isEqualTo(right);
      } catch (StateFileException e) {
        assertThat(e).hasMessageStartingWith("state file " + file + " ");
        assertThat(optimizer.steps()).isZero();
        assertThat(optimizer.state().parameters()).isEmpty();
        errors++;
      }
    }
    // The JSON entry and the arrays are most of the file, and every byte of theirs counts.
    int content =
        StateFiles.entries(reset()).values().stream().mapToInt(e -> e.length).sum();
    assertThat(errors).isGreaterThan(content);
  }

  @Test
  void garbageIsAnErrorOrHarmless() throws IOException {
    Files.write(file, new byte[sound.length]);
    assertRefused("is damaged or no zip file");
    Files.write(file, Arrays.copyOf(sound, sound.length + 100));
    try {
      loading.state().load(file);
      assertThat(describe(loading)).isEqualTo(describe(saved));
    } catch (StateFileException e) {
      assertThat(describe(loading)).isEqualTo(before);
    }
  }

  static List<Arguments> json() {
    return List.of(
        Arguments.of(
            "\"version\" : 1", "\"version\" : 2", "'version' that is 2, expected 1, the only one"),
        Arguments.of("\"version\" : 1", "\"version\" : 0", "'version' that is 0, expected"),
        Arguments.of("\"version\" : 1", "\"version\" : \"1\"", "'version' that is \"1\", expected"),
        Arguments.of("\"version\" : 1,", "", "'version' that is missing, expected"),
        Arguments.of("\"descent4j\"", "\"other\"", "'format' that is \"other\", expected"),
        Arguments.of("optimizer state", "parameters", "'content' that is \"parameters\", expected"),
        Arguments.of("\"skippedSteps\" : 0", "\"skippedSteps\" : -1", "skippedSteps' that is -1"),
        Arguments.of("\"skippedSteps\" : 0", "\"skippedSteps\" : 0.5", "skippedSteps' that is 0.5"),
        Arguments.of("\"guarded\"", "\"unheard of\"", "a decorator 'unheard of', expected that of"),
        Arguments.of("\"beta1\" : 0.9", "\"beta1\" : 0.95", "beta1 = 0.95, expected 0.9"),
        Arguments.of("\"beta1\" : 0.9", "\"beta3\" : 0.9", "beta1 = null, expected 0.9"),
        Arguments.of(
            "\"beta1\" : 0.9", "\"beta1\" : 0.9, \"beta3\" : 1", "beta3 = 1, expected none"),
        Arguments.of(
            "\"beta1\" : 0.9", "\"beta1\" : 0.9, \"beta1\" : 0.9", "is not JSON: Duplicate"),
        Arguments.of("\"float32\"", "\"float31\"", "\"float31\", expected one of float32, float64"),
        Arguments.of("\"float32\"", "\"float16\"", "is of type '<f4', expected '<f2'"),
        Arguments.of("[ 2, 2 ]", "[ 4 ]", "has shape [2, 2], expected [4]"),
        Arguments.of("[ 2, 2 ]", "[ -2, -2 ]", "expected a list of whole numbers >= 0"),
        Arguments.of("[ 2, 2 ]", "[ 1e0 ]", "expected a list of whole numbers >= 0"),
        Arguments.of("[ 2, 2 ]", "null", "is null, expected a list of whole numbers >= 0"),
        Arguments.of("\"order\" : \"c\"", "\"order\" : \"d\"", "order' that is \"d\", expected"),
        Arguments.of("\"steps\" : 3,", "\"steps\" : 2,", "w.steps' that is 3, expected at most"),
        Arguments.of(
            "\"steps\" : 3,", "\"steps\" : 99999999999999999999,", "is not JSON: Numeric value"),
        Arguments.of("\"b/v\"", "\"b/x\"", "has no entry 'b/x.npy', which its descent4j.json"),
        Arguments.of("{", "[", "is not JSON"),
        Arguments.of("\"c\"", "[".repeat(100_000) + "]".repeat(100_000), "is not JSON: "));
  }

  @ParameterizedTest
  @MethodSource("json")
  void anythingUnexpectedInTheDescriptionIsNamed(String text, String by, String message) {
    StateFiles.editJson(file, text, by);
    assertRefused(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "[]", "1", "", "{}", "{} {}", "{\"format\":", "\uFEFF{}"})
  void aDescriptionThatIsNoneIsAnError(String json) {
    Map<String, byte[]> entries = StateFiles.entries(file);
    entries.put(StateFiles.JSON, json.getBytes(UTF_8));
    StateFiles.write(file, entries);
    assertRefused("descent4j.json");
  }

  static List<Arguments> headers() {
    return List.of(
        Arguments.of("<f4", ">f4", "is of type '>f4', expected '<f4', little-endian float32"),
        Arguments.of("<f4", "<f8", "is of type '<f8', expected '<f4'"),
        Arguments.of("<f4", "|O8", "is of type '|O8', expected '<f4'"),
        Arguments.of("(2, 2)", "(2, 1)", "has shape [2, 1], expected [2, 2]"),
        Arguments.of("(2, 2)", "(4,)  ", "has shape [4], expected [2, 2]"),
        Arguments.of("(2, 2)", "(2,-2)", "has the .npy header"),
        Arguments.of("'shape'", "'shaqe'", "has the .npy header"),
        Arguments.of("False", "Maybe", "has the .npy header"),
        Arguments.of("\u0093NUMPY", "\u0093NUMPX", "does not begin as a .npy array"),
        Arguments.of("NUMPY\u0001", "NUMPY\u0009", "is of .npy version 9, expected 1, 2 or 3"),
        Arguments.of("NUMPY\u0001", "NUMPY\u0002", "has a .npy header of "),
        Arguments.of("NUMPY\u0001\u0000v", "NUMPY\u0001\u0000\u00ff", "ends within its .npy"));
  }

  @ParameterizedTest
  @MethodSource("headers")
  void anythingUnexpectedInAnArrayIsNamed(String text, String by, String message) {
    StateFiles.edit(file, "w/m.npy", text, by);
    assertRefused("has an entry 'w/m.npy' that " + message);
  }

  @Test
  void anArrayThatIsLongerOrShorterThanItsShapeIsAnError() {
    Map<String, byte[]> entries = StateFiles.entries(file);
    byte[] array = entries.get("w/m.npy");
    entries.put("w/m.npy", Arrays.copyOf(array, array.length + 1));
    StateFiles.write(file, entries);
    assertRefused("has an entry 'w/m.npy' that is longer than the elements of its shape");
    for (int length : new int[] {array.length - 1, array.length - 16, 20, 0}) {
      entries.put("w/m.npy", Arrays.copyOf(array, length));
      StateFiles.write(file, entries);
      assertRefused("'w/m.npy'");
    }
  }

  @Test
  void anArrayOfAnotherShapeThanItsParameterIsAnError() {
    String json = StateFiles.json(file);
    String shape = "[ 2, 2 ]";
    int at = json.indexOf(shape, json.indexOf("\"w/m\" : {"));
    StateFiles.editJson(
        file, json, json.substring(0, at) + "[ 4 ]" + json.substring(at + shape.length()));
    StateFiles.edit(file, "w/m.npy", "(2, 2)", "(4,)  ");
    assertRefused("has slot 'm' of parameter 'w' as FLOAT[4], expected FLOAT[2, 2]");
  }

  @Test
  void shapesBeyondReasonAllocateNothing() {
    for (String shape :
        List.of("999999999, 999999999", "999999999999999999, 99999", "1" + ", 1".repeat(39))) {
      Map<String, byte[]> entries = StateFiles.entries(reset());
      String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
      byte[] array = ("\u0093NUMPY\u0001\u0000" + (char) header.length() + "\u0000" + header)
          .getBytes(ISO_8859_1);
      entries.put("w/m.npy", Arrays.copyOf(array, array.length + 16));
      StateFiles.write(file, entries);
      StateFiles.editJson(file, "[ 2, 2 ]", "[" + shape + "]");
      assertRefused("'w/m.npy'");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../../etc/cron.d/x",
        "/etc/passwd",
        "..",
        "w/../w/m.npy",
        "C:\\x",
        "w\\m.npy",
        "w/",
        "w/x.npy",
        "x",
        "W/m.npy"
      })
  void anEntryThatIsNotDeclaredIsAnErrorWhateverItsName(String name) {
    Map<String, byte[]> entries = StateFiles.entries(file);
    entries.put(name, new byte[0]);
    StateFiles.write(file, entries);
    assertRefused("has an entry '" + name + "' that its descent4j.json does not declare");
  }

  @Test
  void anArrayThatIsDeclaredAndBelongsToNothingIsAnError() {
    StateFiles.editJson(
        file, "\"w/m\" : {", "\"x/m\" : {\"type\":\"float32\",\"shape\":[2,2]}," + "\"w/m\" : {");
    Map<String, byte[]> entries = StateFiles.entries(file);
    entries.put("x/m.npy", entries.get("w/m.npy"));
    StateFiles.write(file, entries);
    assertRefused("has an array 'x/m' that belongs to nothing in Adam(");
  }

  @Test
  void aMissingEntryIsAnError() {
    for (String name : StateFiles.entries(file).keySet()) {
      Map<String, byte[]> entries = StateFiles.entries(reset());
      entries.remove(name);
      StateFiles.write(file, entries);
      assertRefused("has no entry '" + name + "'");
    }
  }

  @Test
  void aDuplicateEntryIsAnError() throws IOException {
    Map<String, byte[]> entries = StateFiles.entries(file);
    entries.put("w/y.npy", entries.get("w/m.npy"));
    StateFiles.write(file, entries);
    String bytes = new String(Files.readAllBytes(file), ISO_8859_1);
    Files.write(file, bytes.replace("w/y.npy", "w/m.npy").getBytes(ISO_8859_1));
    assertRefused("has an entry 'w/m.npy' that is there twice, expected one of each name");
  }

  @Test
  void aBombIsRefusedUnopened() throws IOException {
    Map<String, byte[]> entries = StateFiles.entries(file);
    entries.put("w/m.npy", new byte[50_000_000]);
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    assertThat(Files.size(file)).isLessThan(100_000);
    assertRefused("is compressed, expected it to be stored");
  }

  @Test
  void aSizeThatIsALieIsAnError() throws IOException {
    // In the central directory's record both sizes are 22 bytes ahead of the name.
    String bytes = new String(sound, ISO_8859_1);
    int name = bytes.lastIndexOf("w/m.npy");
    for (int size : new int[] {26, 22}) {
      byte[] lie = sound.clone();
      lie[name - size + 3] = 0x7f;
      Files.write(file, lie);
      assertRefused("");
    }
    byte[] lie = sound.clone();
    lie[name - 26 + 3] = 0x7f;
    lie[name - 22 + 3] = 0x7f;
    Files.write(file, lie);
    assertRefused("");
  }

  @Test
  void aFileOfNumpysOwnIsRead() throws IOException {
    Files.copy(
        Path.of("src/test/resources/state/by-numpy.npz"),
        reset(),
        StandardCopyOption.REPLACE_EXISTING);
    Optimizer optimizer = new Adam();
    optimizer.state().load(file);
    assertThat(optimizer.steps()).isEqualTo(12);
    OptimizerState state = optimizer.state();
    assertThat(state.parameters()).containsExactly("w", "b/ias");
    assertThat(Golden.numbers(state.slot("w", "m"))).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(Golden.numbers(state.slot("w", "v")))
        .containsExactly(0, 0.125, 0.25, 0.375, 0.5, 0.625);
    assertThat(state.slot("b/ias", "m").getDouble()).isEqualTo(0.1);
    assertThat(state.slot("b/ias", "v").getDouble()).isEqualTo(1e-300);
  }

  private Path reset() {
    try {
      return Files.write(file, sound);
    } catch (IOException e) {
      return fail(e);
    }
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> loading.state().load(file))
        .isInstanceOf(StateFileException.class)
        .hasMessageStartingWith("state file " + file + " ")
        .hasMessageContaining(message);
    assertThat(describe(loading)).isEqualTo(before);
  }
}
