package io.github.descent4j.mnist.tour;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.JsonFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** What a chapter that takes minutes has measured so far, on the disk as soon as it is known: an interrupted one goes on from there. */
final class Notes {
  /** Null where nothing is kept. */
  private final Path file;

  private final ChapterKey key;
  private final Map<String, double[]> numbers = new TreeMap<>();

  private Notes(Path file, ChapterKey key) {
    this.file = file;
    this.key = key;
  }

  /** Of a chapter that nobody will interrupt. */
  static Notes none() {
    return new Notes(null, null);
  }

  /** Those in a file, if there is one of the same chapter, settings and data. */
  static Notes in(Path file, ChapterKey key) {
    Notes notes = new Notes(file, key);
    if (Files.exists(file)) {
      try {
        Page page = JsonFile.read(file, Page.class, "numbers of a chapter");
        if (page.key().equals(key)) {
          notes.numbers.putAll(page.numbers());
        }
      } catch (CommandException e) {
        // Of a damaged file nothing is taken; what was in it is measured again.
        return notes;
      }
    }
    return notes;
  }

  /** The content of the file. */
  record Page(ChapterKey key, Map<String, double[]> numbers) {}

  /**
   * Numbers by name, measured if they are not known.
   *
   * @throws UncheckedIOException if the file cannot be written
   */
  double[] get(String name, Supplier<double[]> measure) {
    double[] known = numbers.get(name);
    if (known != null) {
      return known;
    }
    double[] measured = measure.get();
    numbers.put(name, measured);
    if (file != null) {
      try {
        JsonFile.write(file, new Page(key, numbers));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return measured;
  }
}
