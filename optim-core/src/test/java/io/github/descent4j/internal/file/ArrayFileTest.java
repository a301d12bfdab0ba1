package io.github.descent4j.internal.file;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Golden;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.state.StateFileException;
import io.github.descent4j.state.StateFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The container, and the arrays in it as other programs see them. */
class ArrayFileTest {
  @TempDir
  private Path folder;

  @ParameterizedTest
  @EnumSource(Layout.class)
  void nd4jsOwnReaderReadsTheArrays(Layout layout) {
    Path file = folder.resolve("arrays.npz");
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16)) {
      for (long[] shape : TestArrays.SHAPES) {
        int n = TestArrays.length(shape);
        // ND4J reads an array without elements as one of another shape.
        if (n > 0) {
          INDArray numbers = Nd4j.linspace(0, n - 1, n, DataType.DOUBLE).castTo(type);
          INDArray shaped = shape.length == 0 ? Nd4j.scalar(type, 3) : numbers.reshape(shape);
          arrays.put("a" + arrays.size(), TestArrays.lay(shaped, layout));
        }
      }
    }
    ArrayFileWriter.write(file, Map.of(), arrays);
    Map<String, byte[]> entries = StateFiles.entries(file);
    arrays.forEach((name, array) -> {
      INDArray read = Nd4j.createNpyFromByteArray(entries.get(name + ".npy"));
      assertThat(read.dataType()).isEqualTo(array.dataType());
      assertThat(read.shape()).isEqualTo(array.shape());
      assertThat(Golden.numbers(read)).isEqualTo(Golden.numbers(array));
    });
  }

  /** From 65,536 entries on a zip has a second, longer directory. */
  @Test
  void aModelMayHaveVeryManyArrays() {
    Path file = folder.resolve("many.npz");
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    INDArray array = Nd4j.createFromArray(1.5f, -2f);
    for (int i = 0; i < 70_000; i++) {
      arrays.put("p" + i, array);
    }
    ArrayFileWriter.write(file, Map.of(), arrays);
    try (ArrayFileReader reader = ArrayFileReader.open(file)) {
      assertThat(reader.arrays()).hasSize(70_000);
      assertThat(reader.array("p69999").toFloatVector()).containsExactly(1.5f, -2);
    }
  }

  @Test
  void bfloat16IsTheUpperHalfOfAFloat() {
    Path file = folder.resolve("b.npz");
    ArrayFileWriter.write(
        file, Map.of(), Map.of("b", Nd4j.createFromArray(1f, -2.5f).castTo(DataType.BFLOAT16)));
    byte[] entry = StateFiles.entries(file).get("b.npy");
    assertThat(new String(entry, ISO_8859_1)).contains("'descr': '<u2'");
    assertThat(entry).endsWith(0x80, 0x3f, 0x20, 0xc0);
  }

  @Test
  void elementsAreAligned() throws Exception {
    for (int rank = 0; rank < 20; rank++) {
      List<Long> shape = Collections.nCopies(rank, 10L);
      byte[] bytes = new NpyHeader("<f4", 'f', shape).toBytes();
      assertThat(bytes.length % 64).isZero();
      assertThat(bytes[bytes.length - 1]).isEqualTo((byte) '\n');
      NpyHeader read = NpyHeader.read(new ByteArrayInputStream(bytes));
      assertThat(read).isEqualTo(new NpyHeader("<f4", 'f', shape));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "w, w/m",
    "layer1.weight, layer1.weight/m",
    "azAZ09, azAZ09/m",
    "a/b, a%2Fb/m",
    "., %2E/m",
    ".., %2E./m",
    "/, %2F/m",
    "a~-_.9, a~-_.9/m",
    "ä, %C3%A4/m",
    "100%, 100%25/m"
  })
  void namesAreEncoded(String name, String entry) {
    assertThat(EntryName.of(name, "m")).isEqualTo(entry);
  }

  @Test
  void encodedNamesAreDistinctAndDecodable() {
    Map<String, String> seen = new HashMap<>();
    for (int c = 0; c < Character.MIN_SURROGATE; c++) {
      for (String name : List.of((char) c + "", "x" + (char) c, (char) c + "x")) {
        String encoded = EntryName.of(name);
        assertThat(seen.put(encoded, name)).isIn(null, name);
        assertThat(URLDecoder.decode(encoded, StandardCharsets.UTF_8)).isEqualTo(name);
        assertThat(encoded).doesNotContain("/", "\\").doesNotStartWith(".");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {33, 1250, 15_000})
  void manyDimensionsAreAnErrorOfOneLine(int rank) {
    String header =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + "1, ".repeat(rank) + "), }";
    assertThatThrownBy(() -> NpyHeader.read(new ByteArrayInputStream(npy(header))))
        .isInstanceOf(NpyHeader.BadHeaderException.class)
        .hasMessage("has " + rank + " dimensions, expected at most 32");
  }

  @ParameterizedTest
  @ValueSource(strings = {"(,)", "(1,,2)", "(1 2)", "(1234567890123456789,)", "( , 1)"})
  void shapesThatAreNone(String shape) {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }";
    assertThatThrownBy(() -> NpyHeader.read(new ByteArrayInputStream(npy(header))))
        .isInstanceOf(NpyHeader.BadHeaderException.class)
        .hasMessageContaining("shape");
  }

  @Test
  void aHeaderIsQuotedInPartAndWithoutControlCharacters() {
    String header = "\u001b[2J\n" + "x".repeat(60_000);
    assertThatThrownBy(() -> NpyHeader.read(new ByteArrayInputStream(npy(header))))
        .isInstanceOf(NpyHeader.BadHeaderException.class)
        .hasMessageStartingWith("has the .npy header \"\\u001b[2J\\u000axxx")
        .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(400));
  }

  @Test
  void versionsHaveLengthsOfTwoOrFourBytesUpToALimit() throws Exception {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
    NpyHeader expected = new NpyHeader("<f4", 'c', List.of(2L));
    for (int version = 2; version <= 3; version++) {
      for (int length : new int[] {header.length(), 1 << 16}) {
        byte[] bytes = npy(version, header, length);
        assertThat(NpyHeader.read(new ByteArrayInputStream(bytes))).isEqualTo(expected);
      }
    }
    byte[] long3 = npy(3, header, (1 << 16) + 1);
    assertThatThrownBy(() -> NpyHeader.read(new ByteArrayInputStream(long3)))
        .isInstanceOf(NpyHeader.BadHeaderException.class)
        .hasMessage("has a .npy header of 65537 bytes, expected at most 65536");
    assertThat(NpyHeader.read(new ByteArrayInputStream(npy(header.replace("2,", "1, ".repeat(32)))))
            .shape())
        .hasSize(32);
  }

  private static byte[] npy(int version, String header, int length) {
    byte[] text = (header + " ".repeat(length - header.length())).getBytes(ISO_8859_1);
    return ByteBuffer.allocate(12 + text.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0})
        .putInt(text.length)
        .put(text)
        .array();
  }

  /** A tuple of one has a comma in Python, blanks fill up to the line's end, and long headers have a second byte of length. */
  @Test
  void headersAreThoseOfNumpy() throws Exception {
    String one = new String(new NpyHeader("<f4", 'c', List.of(10L)).toBytes(), ISO_8859_1);
    assertThat(one.substring(10))
        .matches("\\{'descr': '<f4', 'fortran_order': False, 'shape': \\(10,\\), } *\n");
    for (int rank = 1; rank <= 32; rank++) {
      NpyHeader wide = new NpyHeader("<f4", 'c', Collections.nCopies(rank, 1_000_000_000_000L));
      byte[] bytes = wide.toBytes();
      assertThat((bytes[8] & 0xff) + 256 * bytes[9]).isEqualTo(bytes.length - 10);
      assertThat(NpyHeader.read(new ByteArrayInputStream(bytes))).isEqualTo(wide);
    }
  }

  /** NumPy has no empty array without dimensions, and no entry has the time of its writing. */
  @Test
  void emptyArraysAndScalarsComeBackAndNoEntryHasATime() throws IOException {
    Path file = folder.resolve("arrays.npz");
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    arrays.put("none", Nd4j.empty(DataType.FLOAT));
    arrays.put("zero", Nd4j.create(DataType.FLOAT, 0, 3));
    arrays.put("scalar", Nd4j.scalar(1.5f));
    ArrayFileWriter.write(file, Map.of(), arrays);
    Map<String, byte[]> entries = StateFiles.entries(file);
    assertThat(new String(entries.get("none.npy"), ISO_8859_1)).contains("'shape': (0,)");
    assertThat(new String(entries.get("zero.npy"), ISO_8859_1)).contains("'shape': (0, 3)");
    assertThat(new String(entries.get("scalar.npy"), ISO_8859_1)).contains("'shape': ()");
    try (ArrayFileReader reader = ArrayFileReader.open(file)) {
      assertThat(reader.array("none").shape()).isEmpty();
      assertThat(reader.array("none").isEmpty()).isTrue();
      assertThat(reader.array("zero").shape()).containsExactly(0, 3);
      assertThat(reader.array("scalar").getFloat()).isEqualTo(1.5f);
    }
    try (ZipFile zip = new ZipFile(file.toFile())) {
      assertThat(zip.stream().map(ZipEntry::getTimeLocal))
          .hasSize(4)
          .containsOnly(LocalDateTime.of(1980, 2, 1, 0, 0));
    }
  }

  private static byte[] npy(String header) {
    byte[] text = header.getBytes(ISO_8859_1);
    return ByteBuffer.allocate(10 + text.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
        .putShort((short) text.length)
        .put(text)
        .array();
  }

  /** Many names for the same bytes: a small file that would be read into a lot of memory. */
  @Test
  void entriesThatShareTheirBytesAreAnError() throws IOException {
    Path file = folder.resolve("arrays.npz");
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    for (int i = 0; i < 50; i++) {
      arrays.put("a" + (10 + i), Nd4j.zeros(DataType.FLOAT, 1000));
    }
    ArrayFileWriter.write(file, Map.of(), arrays);
    byte[] whole = Files.readAllBytes(file);
    ByteBuffer zip = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
    int end = whole.length - 22;
    int directory = zip.getInt(end + 16);
    // The second array to begin with, and its end.
    List<Integer> records = new ArrayList<>();
    for (int at = directory; at < end; ) {
      records.add(at);
      at += 46 + zip.getShort(at + 28) + zip.getShort(at + 30) + zip.getShort(at + 32);
    }
    int kept = zip.getInt(records.get(3) + 42);
    for (int record : records.subList(3, records.size())) {
      zip.putInt(record + 42, zip.getInt(records.get(2) + 42));
    }
    byte[] small = new byte[kept + whole.length - directory];
    System.arraycopy(whole, 0, small, 0, kept);
    System.arraycopy(whole, directory, small, kept, whole.length - directory);
    ByteBuffer.wrap(small).order(ByteOrder.LITTLE_ENDIAN).putInt(small.length - 22 + 16, kept);
    Files.write(file, small);
    assertThatThrownBy(() -> ArrayFileReader.open(file))
        .isInstanceOf(StateFileException.class)
        .hasMessage("state file " + file + " has entries that are together of more than its own "
            + small.length + " bytes, expected that no two have bytes in common");
  }

  @Test
  void deepJsonIsAnError() throws IOException {
    Path file = folder.resolve("deep.npz");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
      byte[] deep = ("{\"a\":" + "[".repeat(200_000)).getBytes(ISO_8859_1);
      ZipEntry entry = new ZipEntry(ArrayFileReader.DESCRIPTION);
      CRC32 sum = new CRC32();
      sum.update(deep);
      entry.setMethod(ZipEntry.STORED);
      entry.setSize(deep.length);
      entry.setCrc(sum.getValue());
      out.putNextEntry(entry);
      out.write(deep);
    }
    assertThatThrownBy(() -> ArrayFileReader.open(file))
        .isInstanceOf(StateFileException.class)
        .hasMessageEndingWith("is not JSON: it is nested more than 1000 levels deep");
  }

  @Test
  void onlyBracketsThatAreOpenAndNoTextAreLevelsOfJson() throws IOException {
    assertThat(json("[".repeat(999) + "]".repeat(999))).containsOnlyKeys("a");
    assertThat(json("{\"b\":".repeat(999) + "1" + "}".repeat(999))).containsOnlyKeys("a");
    assertThat(json("[" + "[[]],{},".repeat(1000) + "1]")).containsOnlyKeys("a");
    String brackets = "[{".repeat(1000);
    assertThat(json("\"" + brackets + "\"")).isEqualTo(Map.of("a", brackets));
    assertThat(json("\"\\\"" + brackets + "\"")).isEqualTo(Map.of("a", '"' + brackets));
    for (String tooDeep : List.of(
        "[".repeat(1000) + "]".repeat(1000),
        "{\"b\":".repeat(1000) + "1" + "}".repeat(1000),
        "[\"\"," + "[".repeat(999) + "]".repeat(1000),
        "[\"\\\\\"," + "[".repeat(999) + "]".repeat(1000))) {
      assertThatThrownBy(() -> json(tooDeep))
          .isInstanceOf(IOException.class)
          .hasMessage("it is nested more than 1000 levels deep");
    }
  }

  private static Map<String, Object> json(String a) throws IOException {
    return Json.read(("{\"a\":" + a + "}").getBytes(ISO_8859_1));
  }

  @Test
  void whatIsQuotedHasTwoHundredCharactersAndOneLine() {
    assertThat(Quote.of("x".repeat(200))).isEqualTo("x".repeat(200));
    assertThat(Quote.of("x".repeat(201))).isEqualTo("x".repeat(200) + "...");
    assertThat(Quote.of(null)).isEqualTo("null");
    assertThat(Quote.line("a\0b\u001bc\u007fd\u2028e\u2029f\u2027"))
        .isEqualTo("a\\u0000b\\u001bc\\u007fd\\u2028e\\u2029f\u2027");
  }
}
