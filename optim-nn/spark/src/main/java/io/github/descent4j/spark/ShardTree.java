package io.github.descent4j.spark;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BinaryOperator;

/**
 * Sums in the order of a binary tree over the shards' numbers, whoever computes which part of it: ((0 + 1) + (2 + 3)) + ((4 + 5) + 6).
 *
 * <p>A block of 2^k shards that begins at a multiple of 2^k is a node of the tree, the last one even if it is not full. So an executor may
 * send the sum of such a block in place of its shards, and the driver's sum has the same bits. Shards without a term are left out.
 */
final class ShardTree<T> {
  /** A sum over {@code size} leaves; null if none of them has a term. */
  private record Node<T>(T sum, int size) {}

  private final BinaryOperator<T> plus;
  private final Deque<Node<T>> open = new ArrayDeque<>();

  /**
   * An empty tree.
   *
   * @param plus adds two terms; may overwrite the first
   */
  ShardTree(BinaryOperator<T> plus) {
    this.plus = plus;
  }

  /** Adds the next leaf, or the node of the next block; null if it has no term. */
  void add(T term) {
    Node<T> node = new Node<>(term, 1);
    while (!open.isEmpty() && open.peek().size == node.size) {
      node = join(open.pop(), node);
    }
    open.push(node);
  }

  /** The sum; null if there was no term. Ends the tree. */
  T sum() {
    Node<T> node = new Node<>(null, 0);
    while (!open.isEmpty()) {
      node = join(open.pop(), node);
    }
    return node.sum;
  }

  private Node<T> join(Node<T> left, Node<T> right) {
    T sum = left.sum == null
        ? right.sum
        : right.sum == null ? left.sum : plus.apply(left.sum, right.sum);
    return new Node<>(sum, left.size + right.size);
  }

  /**
   * How many shards a task computes: a power of two, so that its sum is a node. Of those with which the last task ends first, the greatest: it
   * sends least.
   *
   * @param slots how many tasks run at a time, at least 1
   */
  static int block(int shards, int slots) {
    int best = 1;
    long bestTime = Long.MAX_VALUE;
    for (int block = 1; block < 2L * shards && block > 0; block <<= 1) {
      int tasks = tasks(shards, block);
      long time = (long) ((tasks - 1) / slots + 1) * Math.min(block, shards);
      if (time <= bestTime) {
        best = block;
        bestTime = time;
      }
    }
    return best;
  }

  static int tasks(int shards, int block) {
    return (shards - 1) / block + 1;
  }
}
