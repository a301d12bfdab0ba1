package io.github.descent4j.mnist.tour;

import java.util.List;
import java.util.Objects;

/**
 * What a chapter's files belong to.
 *
 * @param chapter its name
 * @param version of the program that made them
 * @param numbers the chapter's settings
 * @param data a number that differs between data sets; null where no images are read
 */
record ChapterKey(String chapter, String version, List<Integer> numbers, String data) {

  /** The first thing in which files of another key differ, in words, or null. */
  String difference(ChapterKey other) {
    if (!chapter.equals(other.chapter)) {
      return "they are of the chapter " + other.chapter;
    }
    if (!Objects.equals(data, other.data)) {
      return "they are of other images";
    }
    if (!numbers.equals(other.numbers)) {
      return "they are of other settings";
    }
    return version.equals(other.version) ? null : "they are of " + other.version;
  }
}
