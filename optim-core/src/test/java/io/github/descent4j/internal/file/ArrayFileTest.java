package io.github.descent4j.internal.file;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.Golden;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.state.StateFiles;
import java.io.ByteArrayInputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
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
}
