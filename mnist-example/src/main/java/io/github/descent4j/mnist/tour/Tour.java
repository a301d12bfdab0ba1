package io.github.descent4j.mnist.tour;

import io.github.descent4j.mnist.chart.ChartFile;
import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.JsonFile;
import io.github.descent4j.mnist.data.WholeFile;
import io.github.descent4j.mnist.report.Chart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A folder with a picture and a text of each chapter, and a key that says what they belong to. */
public final class Tour {
  private static final int PANEL_WIDTH = 430;
  private static final int HEIGHT = 400;
  private static final int MOST_COLUMNS = 3;

  private final Path folder;
  private final String version;

  /**
   * A folder that is there.
   *
   * @param version of the program
   */
  public Tour(Path folder, String version) {
    this.folder = folder;
    this.version = version;
  }

  /** Where the numbers of a chapter are. */
  public Path text(TourChapter chapter) {
    return folder.resolve(chapter + ".txt");
  }

  /** Where the picture of a chapter is. */
  public Path picture(TourChapter chapter) {
    return folder.resolve(chapter + ".svg");
  }

  /** Where it is said what text and picture belong to. */
  Path key(TourChapter chapter) {
    return folder.resolve(chapter + ".json");
  }

  private Path notes(TourChapter chapter) {
    return folder.resolve(chapter + ".part.json");
  }

  /**
   * What is there of a chapter.
   *
   * @param finished whether there is nothing left to do
   * @param difference what files that are there belong to in place of what would be made, in words; else null
   */
  public record State(boolean finished, String difference) {}

  /** Compares what is there of a chapter with what would be made. */
  public State state(TourChapter chapter, Images images) {
    if (!Files.exists(text(chapter)) || !Files.exists(picture(chapter))) {
      return new State(false, null);
    }
    if (!Files.exists(key(chapter))) {
      return new State(false, "nothing says what they are of");
    }
    String difference;
    try {
      difference = chapter
          .key(version, images)
          .difference(JsonFile.read(key(chapter), ChapterKey.class, "the key of a chapter"));
    } catch (CommandException e) {
      difference = e.getMessage();
    }
    return new State(difference == null, difference);
  }

  /**
   * Writes what a chapter has found.
   *
   * @throws IOException if that cannot be done
   */
  void write(TourChapter chapter, Findings findings) throws IOException {
    draw(findings.charts(), picture(chapter));
    WholeFile.write(text(chapter), findings.text().getBytes(StandardCharsets.UTF_8));
  }

  /** Up to three side by side, more in rows of two. */
  static void draw(List<Chart> charts, Path file) throws IOException {
    int columns = charts.size() > MOST_COLUMNS ? 2 : charts.size();
    ChartFile.writeSvg(
        file,
        PANEL_WIDTH * Math.max(2, columns),
        HEIGHT * ((charts.size() + columns - 1) / columns),
        columns,
        charts.stream().map(Curves::of).toList());
  }

  /**
   * Measures a chapter and writes its files.
   *
   * @throws IOException if they cannot be written
   * @throws java.io.UncheckedIOException if that is so of what is kept while it goes on
   */
  public void run(TourChapter chapter, Images images) throws IOException {
    ChapterKey key = chapter.key(version, images);
    write(chapter, chapter.with(images, Notes.in(notes(chapter), key)).run());
    // Last: files without it are not taken for finished.
    JsonFile.write(key(chapter), key);
    Files.deleteIfExists(notes(chapter));
  }
}
