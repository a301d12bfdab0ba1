package io.github.descent4j.internal.file;

import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.memory.RawElements;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Writes a file of named arrays, all of it or nothing. The same content has the same bytes. */
public final class ArrayFileWriter {

  /** Any moment would do that is the same in every file and that zip can express. */
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  /** Whatever the memory's: ND4J's reader, among others, takes any array for one of this order. */
  private static final char ORDER = 'c';

  private ArrayFileWriter() {}

  /**
   * Writes a file in place of the one that may be there.
   *
   * @param description what stands in the JSON entry behind the format's own fields: maps, lists,
   *     strings, booleans, Long, Double
   * @param arrays by their {@link EntryName}; FLOAT, DOUBLE, FLOAT16 or BFLOAT16, of any layout
   * @throws UncheckedIOException if it cannot be written; the old file is as it was
   * @throws IllegalStateException if an array has been closed
   */
  public static void write(
      Path file, Map<String, Object> description, Map<String, INDArray> arrays) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(ArrayFileReader.FORMAT, ArrayFileReader.NAME);
    json.put(ArrayFileReader.VERSION, ArrayFileReader.CURRENT);
    json.putAll(description);
    Map<String, Object> types = new LinkedHashMap<>();
    arrays.forEach((name, array) -> {
      if (array.wasClosed()) {
        throw new IllegalStateException(
            "array '" + name + "' has been closed, expected an open array");
      }
      types.put(name, describe(array));
    });
    json.put(ArrayFileReader.ARRAYS, types);
    byte[] bytes = Json.write(json);
    AtomicFile.write(file, out -> {
      ZipOutputStream zip = new ZipOutputStream(out);
      add(zip, ArrayFileReader.DESCRIPTION, sink -> sink.write(bytes));
      RawElements raw = new RawElements();
      for (Map.Entry<String, INDArray> array : arrays.entrySet()) {
        ArrayMemory memory = ArrayMemory.of(array.getValue());
        byte[] header = header(array.getValue());
        add(zip, array.getKey() + ArrayFileReader.ENDING, sink -> {
          sink.write(header);
          writeElements(memory, raw, array.getValue().dataType().width(), sink);
        });
      }
      zip.finish();
    });
  }

  private static Map<String, Object> describe(INDArray array) {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put(ArrayFileReader.TYPE, ElementType.of(array.dataType()).toString());
    description.put(ArrayFileReader.SHAPE, shape(array));
    return description;
  }

  private static List<Long> shape(INDArray array) {
    return Arrays.stream(array.shape()).boxed().toList();
  }

  private static byte[] header(INDArray array) {
    String code = ElementType.of(array.dataType()).code();
    // NumPy has no empty array without dimensions; the JSON entry tells this one from [0].
    List<Long> shape = array.rank() == 0 && array.isEmpty() ? List.of(0L) : shape(array);
    return new NpyHeader(code, ORDER, shape).toBytes();
  }

  private static void writeElements(
      ArrayMemory memory, RawElements raw, int width, OutputStream sink) throws IOException {
    byte[] block = new byte[(int) Math.min(memory.length(), RawElements.BLOCK) * width];
    for (long from = 0; from < memory.length(); from += RawElements.BLOCK) {
      int n = (int) Math.min(RawElements.BLOCK, memory.length() - from);
      raw.load(memory, ORDER, from, n, block);
      sink.write(block, 0, n * width);
    }
  }

  /** A stored entry's length and checksum come before its bytes, so these are produced twice. */
  private static void add(ZipOutputStream zip, String name, AtomicFile.Body body)
      throws IOException {
    CRC32 crc = new CRC32();
    Counter counter = new Counter();
    body.writeTo(new CheckedOutputStream(counter, crc));
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setTimeLocal(NO_TIME);
    entry.setSize(counter.count);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    body.writeTo(zip);
    zip.closeEntry();
  }

  private static final class Counter extends OutputStream {
    long count;

    @Override
    public void write(int b) {
      count++;
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      count += length;
    }
  }
}
