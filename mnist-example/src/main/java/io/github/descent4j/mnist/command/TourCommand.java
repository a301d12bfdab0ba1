package io.github.descent4j.mnist.command;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.option.DataOptions;
import io.github.descent4j.mnist.option.Version;
import io.github.descent4j.mnist.tour.Tour;
import io.github.descent4j.mnist.tour.TourChapter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Puts claims of a lecture on optimization to the test. */
@Command(
    name = "tour",
    description = "Puts the claims of a lecture on optimization for deep learning to the test.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    abbreviateSynopsis = true,
    sortOptions = false,
    footer = {
      "",
      "Each chapter leaves a picture and a text with numbers, which standard output has, too. A"
          + " chapter whose files are there is not run again, unless they are of another version or"
          + " of other images.",
      "",
      "Examples:",
      "  mnist-example tour --out lecture",
      "  mnist-example tour --chapter convexity,start --out lecture",
      "",
      "Exit status: 0 done; 1 bad data, or files cannot be read or written; 2 wrong usage."
    })
public final class TourCommand implements Callable<Integer> {
  @Spec
  private CommandSpec command;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "tour",
      description = "Directory for the files, made if there is none. Default: ${DEFAULT-VALUE}.")
  private Path folder;

  @Option(
      names = "--chapter",
      paramLabel = "NAME",
      arity = "1..*",
      split = ",",
      description = "${COMPLETION-CANDIDATES}. Default: all.")
  private List<TourChapter> chapters;

  @Mixin
  private DataOptions data;

  /** Null before the first chapter that trains on them. */
  private MnistData read;

  @Override
  public Integer call() {
    PrintWriter out = command.commandLine().getOut();
    List<TourChapter> chosen = chapters == null
        ? List.of(TourChapter.values())
        : chapters.stream().distinct().toList();
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw CommandException.mismatch(
          folder.toString(), "a directory that can be written to", CommandException.reason(e), e);
    }
    try {
      Tour tour = new Tour(folder, String.join(" ", new Version().getVersion()));
      for (TourChapter chapter : chosen) {
        makeAnew(tour, chapter);
        out.println(chapter);
        out.print(Files.readString(tour.text(chapter)));
        out.println(tour.picture(chapter));
        out.println();
        out.flush();
      }
    } catch (IOException e) {
      throw CommandException.unwritableIn(folder, e);
    } catch (UncheckedIOException e) {
      throw CommandException.unwritableIn(folder, e.getCause());
    }
    return 0;
  }

  /** Runs a chapter whose files are not there, or not those of this version and these images. */
  private void makeAnew(Tour tour, TourChapter chapter) throws IOException {
    Tour.State state = tour.state(chapter, this::images);
    if (state.finished()) {
      return;
    }
    PrintWriter err = command.commandLine().getErr();
    if (state.difference() != null) {
      err.println(chapter + ": its files are made anew, " + state.difference());
      err.flush();
    }
    long start = System.nanoTime();
    tour.run(chapter, this::images);
    err.printf(Locale.ROOT, "%s: %.1f s%n", chapter, (System.nanoTime() - start) / 1e9);
    err.flush();
  }

  private MnistData images() {
    if (read == null) {
      read = data.read();
    }
    return read;
  }
}
