package io.github.descent4j.mnist.tour;

import io.github.descent4j.mnist.chart.ChartFile;
import io.github.descent4j.mnist.data.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder with a picture and a text of each chapter. */
public final class Tour {
  private static final int PANEL_WIDTH = 430;
  private static final int HEIGHT = 400;
  private static final int MOST_COLUMNS = 3;

  private final Path folder;

  /** A folder that is there. */
  public Tour(Path folder) {
    this.folder = folder;
  }

  /** Where the numbers of a chapter are. */
  public Path text(TourChapter chapter) {
    return folder.resolve(chapter + ".txt");
  }

  /** Where the picture of a chapter is. */
  public Path picture(TourChapter chapter) {
    return folder.resolve(chapter + ".svg");
  }

  /** Whether there is nothing left to do of a chapter. */
  public boolean has(TourChapter chapter) {
    return Files.exists(text(chapter)) && Files.exists(picture(chapter));
  }

  /**
   * Writes what a chapter has found.
   *
   * @throws IOException if that cannot be done
   */
  void write(TourChapter chapter, Findings findings) throws IOException {
    int charts = findings.charts().size();
    int columns = charts > MOST_COLUMNS ? 2 : charts;
    ChartFile.writeSvg(
        picture(chapter),
        PANEL_WIDTH * Math.max(2, columns),
        HEIGHT * ((charts + columns - 1) / columns),
        columns,
        findings.charts().stream().map(Curves::of).toList());
    WholeFile.write(text(chapter), findings.text().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Measures a chapter and writes its files.
   *
   * @throws IOException if they cannot be written
   */
  public void run(TourChapter chapter, Images images) throws IOException {
    write(chapter, chapter.with(images).run());
  }
}
