package io.github.descent4j.internal.file;

import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.memory.RawElements;
import io.github.descent4j.state.StateFileException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Reads a file of named arrays and believes nothing: every method throws a {@link
 * StateFileException} that says what is wrong.
 *
 * <p>Entries must be stored, so that none unpacks to more than it is, and exactly those that the
 * JSON entry declares, so that names need no other check: nothing is ever written under them.
 */
public final class ArrayFileReader implements AutoCloseable {
  static final String DESCRIPTION = "descent4j.json";
  static final String FORMAT = "format";
  static final String NAME = "descent4j";
  static final String VERSION = "version";
  static final long CURRENT = 1;
  static final String ARRAYS = "arrays";
  static final String TYPE = "type";
  static final String SHAPE = "shape";
  static final String ENDING = ".npy";

  /** Room for some million arrays; it is read into memory as a whole. */
  private static final long LONGEST_DESCRIPTION = 1L << 30;

  /** ND4J's own limit. */
  private static final int MAX_RANK = 32;

  private final Path file;
  private final ZipFile zip;
  private final Map<String, ZipEntry> entries = new LinkedHashMap<>();
  private final Fields description;
  private final Fields arrays;
  private final RawElements raw = new RawElements();

  private ArrayFileReader(Path file, ZipFile zip) throws IOException {
    this.file = file;
    this.zip = zip;
    collectEntries(Files.size(file));
    description = readDescription();
    String format = description.text(FORMAT);
    if (!format.equals(NAME)) {
      throw description.bad(FORMAT, '"' + NAME + '"');
    }
    if (description.whole(VERSION, 1) != CURRENT) {
      throw description.bad(VERSION, CURRENT + ", the only one known here");
    }
    arrays = description.object(ARRAYS);
    compareEntries();
  }

  /**
   * Opens a file, and checks that it is whole but for the arrays' own bytes.
   *
   * @throws UncheckedIOException if it cannot be read at all
   */
  public static ArrayFileReader open(Path file) {
    try {
      ZipFile zip = new ZipFile(file.toFile());
      try {
        return new ArrayFileReader(file, zip);
      } catch (Throwable e) {
        zip.close();
        throw e;
      }
    } catch (ZipException | EOFException e) {
      throw new StateFileException(file, "is damaged or no zip file: " + e, e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** The JSON entry. */
  public Fields description() {
    return description;
  }

  /** The names of the arrays, as {@link EntryName} makes them. */
  public Set<String> arrays() {
    return arrays.names();
  }

  /**
   * Reads an array into new memory and compares its checksum.
   *
   * @param name as in {@link #arrays}
   */
  public INDArray array(String name) {
    if (!arrays.names().contains(name)) {
      throw problem("has no entry '" + name + ENDING + "', expected one");
    }
    Fields declared = arrays.object(name);
    ElementType type = declared.type(TYPE);
    List<Long> shape = declared.shape(SHAPE);
    ZipEntry entry = entries.get(name + ENDING);
    CRC32 crc = new CRC32();
    try (InputStream in = new CheckedInputStream(zip.getInputStream(entry), crc)) {
      NpyHeader header = NpyHeader.read(in);
      if (!header.code().equals(type.code())) {
        throw bad(
            entry,
            "is of type '" + header.code() + "', expected '" + type.code() + "', little-endian "
                + type);
      }
      boolean withoutDimensions = shape.isEmpty() && header.shape().equals(List.of(0L));
      if (!withoutDimensions && !header.shape().equals(shape)) {
        throw bad(entry, "has shape " + header.shape() + ", expected " + shape);
      }
      if (shape.size() > MAX_RANK || !fits(header.shape(), type.width(), entry.getSize())) {
        throw bad(
            entry,
            "has " + entry.getSize() + " bytes, expected the elements of " + shape + " " + type);
      }
      INDArray array = create(type, shape, header.order(), withoutDimensions);
      readElements(ArrayMemory.of(array), header.order(), type.width(), in);
      requireEndAndSum(entry, crc, in);
      return array;
    } catch (NpyHeader.BadHeaderException e) {
      throw bad(entry, e.getMessage());
    } catch (ZipException | EOFException e) {
      throw new StateFileException(
          file, "is damaged at entry '" + Quote.of(entry.getName()) + "': " + e, e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** An exception about this file. */
  public StateFileException problem(String problem) {
    return new StateFileException(file, problem, null);
  }

  private StateFileException bad(ZipEntry entry, String problem) {
    return problem("has an entry '" + Quote.of(entry.getName()) + "' that " + problem);
  }

  private static UncheckedIOException unreadable(Path file, IOException e) {
    return new UncheckedIOException("state file " + file + " cannot be read: " + e, e);
  }

  private void collectEntries(long fileSize) {
    long declared = 0;
    for (ZipEntry entry : Collections.list(zip.entries())) {
      if (entry.getMethod() != ZipEntry.STORED) {
        throw bad(entry, "is compressed, expected it to be stored");
      }
      if (entry.getSize() != entry.getCompressedSize() || entry.getSize() > fileSize) {
        throw bad(
            entry,
            "is said to unpack from " + entry.getCompressedSize() + " to " + entry.getSize()
                + " bytes in a file of " + fileSize + ", expected the same number");
      }
      if (entries.put(entry.getName(), entry) != null) {
        throw bad(entry, "is there twice, expected one of each name");
      }
      // Entries may share their bytes; what is read of them may not.
      declared += entry.getSize();
      if (declared > fileSize) {
        throw problem("has entries that are together of more than its own " + fileSize
            + " bytes, expected that no two have bytes in common");
      }
    }
  }

  private Fields readDescription() throws IOException {
    ZipEntry entry = entries.get(DESCRIPTION);
    if (entry == null) {
      throw problem("has no entry '" + DESCRIPTION + "', expected a file that descent4j has saved");
    }
    if (entry.getSize() > LONGEST_DESCRIPTION) {
      throw bad(
          entry, "is of " + entry.getSize() + " bytes, expected at most " + LONGEST_DESCRIPTION);
    }
    CRC32 crc = new CRC32();
    try (InputStream in = new CheckedInputStream(zip.getInputStream(entry), crc)) {
      byte[] bytes = in.readNBytes((int) entry.getSize());
      requireEndAndSum(entry, crc, in);
      Map<String, Object> fields = Json.read(bytes);
      return new Fields(file, "", fields == null ? Map.of() : fields);
    } catch (ZipException e) {
      throw e;
    } catch (IOException e) {
      throw new StateFileException(
          file, "has an entry '" + DESCRIPTION + "' that is not JSON: " + e.getMessage(), e);
    }
  }

  private void compareEntries() {
    Map<String, ZipEntry> undeclared = new HashMap<>(entries);
    undeclared.remove(DESCRIPTION);
    for (String name : arrays.names()) {
      if (undeclared.remove(name + ENDING) == null) {
        throw problem("has no entry '" + Quote.of(name) + ENDING + "', which its " + DESCRIPTION
            + " declares");
      }
    }
    for (ZipEntry entry : undeclared.values()) {
      throw bad(entry, "its " + DESCRIPTION + " does not declare");
    }
  }

  private void requireEndAndSum(ZipEntry entry, CRC32 crc, InputStream in) throws IOException {
    if (in.read() >= 0) {
      throw bad(entry, "is longer than the elements of its shape");
    }
    if (crc.getValue() != entry.getCrc()) {
      throw bad(
          entry,
          String.format(
              Locale.ROOT,
              "is damaged: its checksum is %08x, expected %08x",
              crc.getValue(),
              entry.getCrc()));
    }
  }

  /** Whether the elements have room in an entry, which bounds what is allocated for them. */
  private static boolean fits(List<Long> shape, int width, long bytes) {
    try {
      long expected = width;
      for (long dimension : shape) {
        expected = Math.multiplyExact(expected, dimension);
      }
      return expected <= bytes;
    } catch (ArithmeticException e) {
      return false;
    }
  }

  /** What is loaded outlives any workspace that the caller has open. */
  @SuppressWarnings("try") // The scope is left by closing it, and has no other use.
  private static INDArray create(ElementType type, List<Long> shape, char order, boolean empty) {
    try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
      if (shape.isEmpty()) {
        return empty ? Nd4j.empty(type.dataType()) : Nd4j.scalar(type.dataType(), 0);
      }
      long[] dimensions = shape.stream().mapToLong(Long::longValue).toArray();
      return Nd4j.create(type.dataType(), dimensions, order);
    }
  }

  private void readElements(ArrayMemory memory, char order, int width, InputStream in)
      throws IOException {
    byte[] block = new byte[(int) Math.min(memory.length(), RawElements.BLOCK) * width];
    for (long from = 0; from < memory.length(); from += RawElements.BLOCK) {
      int n = (int) Math.min(RawElements.BLOCK, memory.length() - from);
      if (in.readNBytes(block, 0, n * width) < n * width) {
        throw new EOFException("it ends early");
      }
      raw.store(memory, order, from, n, block);
    }
  }
}
