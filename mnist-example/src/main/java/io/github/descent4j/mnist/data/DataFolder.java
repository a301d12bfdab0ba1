package io.github.descent4j.mnist.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The four files of a data set in a folder, by the names that MNIST has on its page ({@code train-images-idx3-ubyte}), on Kaggle and
 * out of 7-Zip ({@code train-images.idx3-ubyte}), that EMNIST has ({@code emnist-letters-test-labels-idx1-ubyte}, in folders of several
 * sets) and QMNIST ({@code qmnist-test-labels-idx2-int}); each with {@code .gz} or without.
 */
final class DataFolder {
  private static final Pattern NAME = Pattern.compile(
      "((?:emnist-[a-z]+|qmnist)-|)(train|t10k|test)-(images|labels)[-.]idx[123]-(?:ubyte|int)(?:\\.gz)?");

  private static final String EMNIST = "emnist-";

  private final Path folder;
  private final List<Path> files;
  private final String prefix;

  /**
   * Looks what there is.
   *
   * @throws CommandException if it is no folder, or has files of several data sets and none with the names of MNIST
   */
  DataFolder(Path folder) {
    this.folder = folder;
    if (!Files.isDirectory(folder)) {
      throw CommandException.mismatch(
          folder.toString(),
          "a directory with the four IDX files",
          Files.exists(folder) ? "a file" : "no such directory");
    }
    try (Stream<Path> all = Files.list(folder)) {
      // The shorter name first: that without .gz; of two like that, the one with the dash.
      files = all.sorted(Comparator.comparingInt(
                  (Path file) -> file.getFileName().toString().length())
              .thenComparing(file -> file.getFileName().toString()))
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw CommandException.mismatch(
          folder.toString(), "a readable folder", CommandException.reason(e), e);
    }
    TreeSet<String> prefixes = new TreeSet<>(
        files.stream().map(file -> part(file, 1)).filter(Objects::nonNull).toList());
    prefix = prefixes.isEmpty() ? "" : prefixes.first();
    if (!prefix.isEmpty() && prefixes.size() > 1) {
      throw CommandException.mismatch(
          folder.toString(),
          "the files of one data set",
          "those of " + String.join(", ", prefixes)
              + "; put those of one into a folder of its own");
    }
  }

  /** Whether images have columns where others have rows, as those of EMNIST. */
  boolean isTransposed() {
    return prefix.startsWith(EMNIST);
  }

  /**
   * Reads a file.
   *
   * @param name as on MNIST's page
   */
  IdxFile read(String name, int rank) {
    Path file = find(name);
    if (!Files.isRegularFile(file)) {
      throw CommandException.mismatch(
          file.toString(), "a file", Files.isDirectory(file) ? "a directory" : "something else");
    }
    try {
      long size = Files.size(file);
      if (size > IdxFile.MAX_BYTES) {
        throw CommandException.mismatch(
            file.toString(), "at most " + IdxFile.MAX_BYTES + " bytes", size + " bytes");
      }
      return IdxFile.parse(file.toString(), Files.readAllBytes(file), rank);
    } catch (AccessDeniedException e) {
      throw CommandException.mismatch(
          file.toString(), "a readable file", "no permission to read it", e);
    } catch (IOException e) {
      throw CommandException.unreadable(file, e);
    }
  }

  private Path find(String name) {
    boolean train = name.startsWith("train");
    String content = name.contains("images") ? "images" : "labels";
    for (Path file : files) {
      String set = part(file, 2);
      if (set != null
          && prefix.equals(part(file, 1))
          && set.equals("train") == train
          && content.equals(part(file, 3))) {
        return file;
      }
    }
    String beside = files.stream()
        .map(file -> file.getFileName().toString())
        .filter(other -> isLike(other, train, content))
        .findFirst()
        .map(other -> "; rename " + CommandException.quoted(other) + ", if it is this one")
        .orElse("");
    throw CommandException.mismatch(
        folder.resolve(prefix + name).toString(),
        "this file, or the same with .gz",
        "none" + beside);
  }

  private static boolean isLike(String name, boolean train, String content) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.contains(content.substring(0, content.length() - 1))
        && (lower.contains("train") == train);
  }

  private static String part(Path file, int group) {
    Matcher matcher = NAME.matcher(file.getFileName().toString());
    return matcher.matches() ? matcher.group(group) : null;
  }
}
