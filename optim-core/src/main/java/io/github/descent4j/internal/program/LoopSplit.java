package io.github.descent4j.internal.program;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A program cut into loops that C2 vectorizes: a larger one falls off a cliff and is silently some ten times
 * slower.
 *
 * <p>What one loop computes and a later one needs goes through a scratch array. An array is overwritten by the last
 * loop that reads it, not before.
 */
final class LoopSplit {

  /** The cost up to which C2 of JDK 17 and 25 vectorizes a loop: measured some 60. */
  static final double LIMIT = 56;

  /** What a load or store costs in instructions. */
  static final double ACCESS = 4.6;

  /** A loop: what is computed in it, in order, and where it is stored. */
  static final class Part {
    final List<Expression> computed = new ArrayList<>();
    /** What is loaded ahead of the computation, and from where. */
    final Map<Expression, Integer> loads = new LinkedHashMap<>();
    /** Where results go. */
    final Map<Integer, Expression> stores = new LinkedHashMap<>();

    double cost() {
      return computed.size() + ACCESS * (loads.size() + stores.size());
    }
  }

  private final List<Part> parts = new ArrayList<>();
  private int scratchArrays;

  /** Cuts a program, if it must be cut. */
  LoopSplit(Program program) {
    this(program, LIMIT);
  }

  LoopSplit(Program program, double limit) {
    List<Expression> computed = new ArrayList<>();
    for (Expression expression : program.order()) {
      if (expression.isComputed()) {
        computed.add(expression);
      }
    }
    List<List<Expression>> groups = new ArrayList<>(List.of(computed));
    assemble(program, groups);
    // Cut off as much as goes into the first loop that is too large, until none is.
    for (int tooLarge = tooLarge(limit); tooLarge >= 0; tooLarge = tooLarge(limit)) {
      List<Expression> group = groups.get(tooLarge);
      if (group.size() == 1) {
        return;
      }
      int fits = group.size() - 1;
      groups.set(tooLarge, new ArrayList<>(group.subList(0, fits)));
      groups.add(tooLarge + 1, new ArrayList<>(group.subList(fits, group.size())));
      assemble(program, groups);
      while (fits > 1 && parts.get(tooLarge).cost() > limit) {
        fits--;
        groups.set(tooLarge, new ArrayList<>(group.subList(0, fits)));
        groups.set(tooLarge + 1, new ArrayList<>(group.subList(fits, group.size())));
        assemble(program, groups);
      }
    }
  }

  private int tooLarge(double limit) {
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).cost() > limit && parts.get(i).computed.size() > 1) {
        return i;
      }
    }
    return -1;
  }

  /** The loops, in order. */
  List<Part> parts() {
    return parts;
  }

  /** Arrays that are needed behind those of the program. */
  int scratchArrays() {
    return scratchArrays;
  }

  private void assemble(Program program, List<List<Expression>> groups) {
    parts.clear();
    scratchArrays = 0;
    Map<Expression, Integer> madeIn = new HashMap<>();
    Map<Integer, Integer> lastRead = new LinkedHashMap<>();
    List<Set<Expression>> needs = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      Set<Expression> needed = new LinkedHashSet<>();
      for (Expression expression : groups.get(i)) {
        madeIn.put(expression, i);
        for (Expression argument : expression.arguments) {
          if (argument.operation == Operation.INPUT) {
            lastRead.put(argument.index, i);
            needed.add(argument);
          } else if (argument.isComputed() && madeIn.get(argument) != i) {
            needed.add(argument);
          }
        }
      }
      needs.add(needed);
      parts.add(new Part());
      parts.get(i).computed.addAll(groups.get(i));
    }
    int last = groups.size() - 1;
    Map<Expression, Integer> places = new HashMap<>();
    // A result that is only an input or a number is stored at the end.
    for (Expression value : program.stores().values()) {
      if (value.operation == Operation.INPUT) {
        lastRead.put(value.index, last);
      }
    }
    program.stores().forEach((array, value) -> {
      // Not before others have read what is there.
      int made = value.isComputed() ? madeIn.get(value) : last;
      int at = Math.max(made, lastRead.getOrDefault(array, 0));
      parts.get(at).stores.put(array, value);
      if (at > made) {
        needs.get(at).add(value);
      } else {
        places.putIfAbsent(value, array);
      }
      if (value.operation == Operation.INPUT) {
        needs.get(at).add(value);
      }
    });
    for (int i = 0; i < groups.size(); i++) {
      for (Expression needed : needs.get(i)) {
        if (needed.operation == Operation.INPUT) {
          parts.get(i).loads.put(needed, needed.index);
          continue;
        }
        Integer place = places.get(needed);
        if (place == null) {
          place = program.arrays() + scratchArrays++;
          places.put(needed, place);
          parts.get(madeIn.get(needed)).stores.put(place, needed);
        }
        parts.get(i).loads.put(needed, place);
      }
    }
  }
}
