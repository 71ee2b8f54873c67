"""What is concluded from facts about the set-up: purely, so that every fault can be shown on paper."""
